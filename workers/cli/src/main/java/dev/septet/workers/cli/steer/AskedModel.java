package dev.septet.workers.cli.steer;

import dev.septet.workers.cli.option.CliProblem;
import dev.septet.workers.cli.option.ExitCode;
import dev.septet.workers.cli.option.Terminal;
import dev.septet.workers.cli.run.RunHandle;
import dev.septet.workers.cli.run.ScoreTable;
import dev.septet.workflows.FailureCauses;
import dev.septet.workflows.PipelineReport;
import dev.septet.workflows.PipelineStatus;
import dev.septet.workflows.Stage;
import dev.septet.workflows.StageStatus;
import dev.septet.workflows.WaitReason;
import dev.septet.workflows.approval.AnswerTaken;
import dev.septet.workflows.approval.ApprovalDecision;
import dev.septet.workflows.approval.ApprovalRequest;
import dev.septet.workflows.approval.ApprovalStatus;
import dev.septet.workflows.artifact.Approval;
import dev.septet.workflows.artifact.EvaluationReport;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.temporal.client.WorkflowException;
import io.temporal.client.WorkflowUpdateException;
import java.util.Locale;

/**
 * A model for which a run asks for approval.
 *
 * @param workflowId id of the stage's workflow, which receives the answers
 */
public record AskedModel(RunHandle run, PipelineStatus stages, String workflowId, ApprovalStatus approval) {
    /**
     * The model for which this run asks.
     *
     * @throws CliProblem NOT_FOUND when there is no such run, RUN_FAILED when the run does not ask
     *     for approval yet
     */
    public static AskedModel of(RunHandle run) {
        PipelineStatus status = RunningStage.status(run);
        StageStatus deploy = RunningStage.of(status, Stage.DEPLOY);
        if (deploy.workflowId().isEmpty()) {
            throw new CliProblem(
                    ExitCode.RUN_FAILED,
                    deploy.state() == StageStatus.State.SKIPPED
                            ? "%s: it publishes nothing (%s), so there is no question to answer."
                                    .formatted(run.workflowId(), deploy.detail())
                            : "%s: there is no question yet: it is at %s"
                                    .formatted(run.workflowId(), RunningStage.at(status)));
        }
        return new AskedModel(
                run,
                status,
                deploy.workflowId(),
                run.connection()
                        .client()
                        .newUntypedWorkflowStub(deploy.workflowId())
                        .query("approval", ApprovalStatus.class));
    }

    /**
     * Sends an answer to the question.
     *
     * @param update {@code approve} or {@code reject}
     * @throws CliProblem RUN_FAILED when a worker refuses the answer, or the question is closed
     */
    public AnswerTaken send(String update, ApprovalDecision answer) {
        try {
            return run.connection()
                    .client()
                    .newUntypedWorkflowStub(workflowId)
                    .update(update, AnswerTaken.class, answer);
        } catch (WorkflowUpdateException refused) {
            throw refused(FailureCauses.message(refused) + ".");
        } catch (WorkflowException | StatusRuntimeException over) {
            if (Status.fromThrowable(over).getCode() == Status.Code.NOT_FOUND) {
                throw refused("the question is closed: `septet %s %s` shows how it was answered."
                        .formatted(update, run.workflowId()));
            }
            throw over;
        }
    }

    private CliProblem refused(String reason) {
        return new CliProblem(ExitCode.RUN_FAILED, "%s: %s".formatted(run.workflowId(), reason));
    }

    /** Prints the question, the roles that may answer, and the command that answers. */
    void print(Terminal terminal) {
        ApprovalRequest question = approval.question();
        if (question == null) {
            terminal.print("%s: %s"
                    .formatted(
                            run.workflowId(),
                            approval.state() == ApprovalStatus.State.NOT_NEEDED
                                    ? "its file requires no approval."
                                    : "there is no question yet: the model is being" + " exported."));
            return;
        }
        terminal.print("%s: may this model be published? It needs %s by %s until %s (%s)"
                .formatted(
                        run.workflowId(),
                        question.quorum() == 1 ? "1 approval" : question.quorum() + " approvals",
                        question.role(),
                        question.until(),
                        approval.state().name().toLowerCase(Locale.ROOT)));
        terminal.print("  model    " + question.artifact());
        terminal.print("  report   " + question.report());
        for (Approval answer : approval.answers()) {
            String comment = answer.comment();
            terminal.print("  %s %s, %s%s"
                    .formatted(
                            answer.approved() ? "approved" : "rejected",
                            answer.approver(),
                            answer.at(),
                            comment == null ? "" : ": " + comment));
        }
        run.report()
                .map(PipelineReport::evaluation)
                .filter(report -> report.artifact().sha256().equals(question.report()))
                .map(EvaluationReport::scores)
                .ifPresent(scores -> terminal.print(ScoreTable.of(terminal.screen(), scores)));
        WaitReason waiting = stages.waiting();
        if (waiting != null && approval.state() == ApprovalStatus.State.WAITING) {
            terminal.print("Answer with one of");
            waiting.answers().forEach(answer -> terminal.print("  " + answer));
        }
    }
}
