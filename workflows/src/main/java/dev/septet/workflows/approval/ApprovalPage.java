package dev.septet.workflows.approval;

import dev.septet.workflows.RunRef;
import dev.septet.workflows.RunWaits;
import dev.septet.workflows.Stage;
import dev.septet.workflows.WaitReason;
import dev.septet.workflows.artifact.Approval;
import dev.septet.workflows.artifact.EvaluationReport;
import dev.septet.workflows.artifact.Score;
import io.temporal.workflow.Workflow;
import java.util.List;
import java.util.Locale;

/** Shows the question in the Web UI: on the page of this workflow, and on that of the run that it belongs to. */
final class ApprovalPage {
    private final RunRef run;

    ApprovalPage(RunRef run) {
        this.run = run;
    }

    void waits(ApprovalRequest request, EvaluationReport report, List<Approval> answers) {
        WaitReason waiting = new WaitReason(Stage.DEPLOY, ApprovalWords.question(request, answers), commands(request));
        Workflow.setCurrentDetails(
                "May this model of `%s` be published?\n\n- model `%s`\n- report `%s`, gate %s\n\n%s%s%s"
                        .formatted(
                                run.pipeline(),
                                request.artifact(),
                                request.report(),
                                report.verdict(),
                                scores(report.scores()),
                                answers(answers),
                                waiting.markdown()));
        RunWaits.send(run, waiting);
    }

    void decided(ApprovalStatus status) {
        Workflow.setCurrentDetails("The question is closed: %s\n\n%s"
                .formatted(status.state().name().toLowerCase(Locale.ROOT), answers(status.answers())));
    }

    void continued() {
        RunWaits.send(run, null);
    }

    private static List<String> commands(ApprovalRequest request) {
        String own = Workflow.getInfo().getWorkflowId();
        String id = word(own);
        String parent = word(Workflow.getInfo().getParentWorkflowId().orElse(own));
        String septet = "septet %%s %s --role %s --model %s --report %s"
                .formatted(
                        parent.replace("%", "%%"),
                        request.role(),
                        ApprovalWords.digits(request.artifact()),
                        ApprovalWords.digits(request.report()));
        String temporal =
                "temporal workflow update execute --workflow-id %s --name %%s --input '{\"by\":\"YOU\",\"role\":\"%s\",\"artifact\":\"%s\",\"report\":\"%s\"%%s}'"
                        .formatted(id.replace("%", "%%"), request.role(), request.artifact(), request.report());
        return List.of(
                septet.formatted("approve"),
                septet.formatted("reject") + " --reason 'WHY'",
                temporal.formatted("approve", ""),
                temporal.formatted("reject", ",\"comment\":\"WHY\""));
    }

    /** Quotes an id as one word of a shell, because callers choose run ids and people paste these lines. */
    private static String word(String id) {
        String plain = id.replaceAll("\\p{C}", "?");
        return plain.matches("[A-Za-z0-9][A-Za-z0-9._/@:+-]*") ? plain : "'" + plain.replace("'", "'\\''") + "'";
    }

    private static String scores(List<Score> scores) {
        StringBuilder text = new StringBuilder("| metric | before | after | gate |\n|---|---|---|---|\n");
        for (Score score : scores) {
            Double before = score.before();
            text.append(String.format(
                    Locale.ROOT,
                    "| %s | %s | %s | %s |\n",
                    score.metric(),
                    before == null ? "-" : Score.figures(before),
                    Score.figures(score.after()),
                    score.verdict()));
        }
        return text.toString();
    }

    /** Names and comments come from outside, so none of their text may become markup. */
    private static String answers(List<Approval> answers) {
        StringBuilder text = new StringBuilder();
        for (Approval answer : answers) {
            String comment = answer.comment();
            text.append("\n- ")
                    .append(answer.at())
                    .append(answer.approved() ? " approved by " : " rejected by ")
                    .append(code(answer.approver()))
                    .append(comment == null ? "" : ": " + code(comment));
        }
        return text.append(answers.isEmpty() ? "" : "\n").toString();
    }

    private static String code(String text) {
        return "`" + text.replace('`', '\'') + "`";
    }
}
