package dev.septet.workers.cli.ui.view;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.septet.workers.cli.steer.AskedModel;
import dev.septet.workflows.PipelineReport;
import dev.septet.workflows.WaitReason;
import dev.septet.workflows.approval.ApprovalRequest;
import dev.septet.workflows.approval.ApprovalStatus;
import dev.septet.workflows.artifact.Approval;
import dev.septet.workflows.artifact.EvaluationReport;
import dev.septet.workflows.artifact.Score;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A model that waits for an approval.
 *
 * @param run workflow id of the run
 * @param role the role that is asked
 * @param quorum number of people who must approve
 * @param until when the question expires, ISO 8601 in UTC
 * @param artifact sha256 of the export
 * @param report sha256 of the evaluation report
 * @param answers the answers so far
 * @param scores what the evaluation found; empty when no worker can read it
 * @param commands the commands that answer
 * @param ui the run's page in Temporal's Web UI; null without one
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ApprovalQuestion(
        String run,
        String runId,
        String pipeline,
        String role,
        int quorum,
        String until,
        String artifact,
        String report,
        List<Approval> answers,
        List<Score> scores,
        List<String> commands,
        @Nullable String ui) {
    private static final int DIGITS = 12;

    public ApprovalQuestion {
        answers = List.copyOf(answers);
        scores = List.copyOf(scores);
        commands = List.copyOf(commands);
    }

    /** The question of a run; empty when it asks nothing now. */
    public static Optional<ApprovalQuestion> of(AskedModel asked, @Nullable String ui) {
        ApprovalRequest question = asked.approval().question();
        if (question == null || asked.approval().state() != ApprovalStatus.State.WAITING) {
            return Optional.empty();
        }
        WaitReason waiting = asked.stages().waiting();
        List<Score> scores = asked.run()
                .report()
                .map(PipelineReport::evaluation)
                .filter(report -> report.artifact().sha256().equals(question.report()))
                .map(EvaluationReport::scores)
                .orElse(List.of());
        return Optional.of(new ApprovalQuestion(
                asked.run().workflowId(),
                asked.stages().runId(),
                asked.stages().pipeline(),
                question.role(),
                question.quorum(),
                question.until(),
                question.artifact(),
                question.report(),
                asked.approval().answers(),
                scores,
                waiting == null ? List.of() : waiting.answers(),
                ui));
    }

    /** How many people have approved. */
    public long approvals() {
        return answers.stream().filter(Approval::approved).count();
    }

    /** The first digits of a digest. */
    public static String digits(String sha256) {
        return sha256.substring(0, Math.min(DIGITS, sha256.length()));
    }
}
