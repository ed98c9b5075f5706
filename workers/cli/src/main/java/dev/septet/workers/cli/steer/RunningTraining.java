package dev.septet.workers.cli.steer;

import dev.septet.workers.cli.option.CliProblem;
import dev.septet.workers.cli.option.ExitCode;
import dev.septet.workers.cli.run.RunHandle;
import dev.septet.workers.local.Pollers;
import dev.septet.workflows.FailureCauses;
import dev.septet.workflows.PipelineStatus;
import dev.septet.workflows.Stage;
import dev.septet.workflows.StageStatus;
import dev.septet.workflows.TaskQueues;
import dev.septet.workflows.train.AtStep;
import dev.septet.workflows.train.LearningRateChange;
import dev.septet.workflows.train.SteeringAction;
import dev.septet.workflows.train.SteeringAnswer;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.temporal.client.WorkflowException;
import io.temporal.client.WorkflowStub;
import io.temporal.client.WorkflowUpdateException;
import org.jspecify.annotations.Nullable;

/** The training of an open run, and the commands for it. */
public final class RunningTraining {
    static final String OVER = "its training is over, so there is nothing to steer.";

    private RunningTraining() {}

    /**
     * The id of the training workflow.
     *
     * @throws CliProblem NOT_FOUND when there is no such run, RUN_FAILED when the run does not
     *     train now
     */
    static String workflowId(RunHandle run) {
        PipelineStatus status = RunningStage.status(run);
        StageStatus train = RunningStage.of(status, Stage.TRAIN);
        return switch (train.state()) {
            case RUNNING -> train.workflowId();
            case WAITING -> throw refused(run, "its training has not begun: it is at " + RunningStage.at(status));
            default -> throw refused(run, OVER);
        };
    }

    /**
     * Sends a command to the training.
     *
     * @param rate the new learning rate, of the action that sets it
     * @param atStep the step before which the action applies; null = the next one
     * @throws CliProblem NOT_FOUND when there is no such run; RUN_FAILED when no worker receives the command, or the training
     *     refuses it
     */
    public static SteeringAnswer send(
            RunHandle run, SteeringAction action, @Nullable Double rate, @Nullable Integer atStep) {
        if (!Pollers.any(run.connection(), TaskQueues.LIGHT)) {
            throw refused(
                    run,
                    "no worker polls the task queue `%s`, so no worker receives the command. Start one with `septet worker`."
                            .formatted(TaskQueues.LIGHT));
        }
        WorkflowStub training = run.connection().client().newUntypedWorkflowStub(workflowId(run));
        try {
            return action == SteeringAction.RESUME
                    ? training.update(action.update(), SteeringAnswer.class)
                    : training.update(
                            action.update(),
                            SteeringAnswer.class,
                            rate == null ? new AtStep(atStep) : new LearningRateChange(rate, atStep));
        } catch (WorkflowUpdateException refused) {
            throw refused(run, FailureCauses.message(refused) + ".");
        } catch (WorkflowException | StatusRuntimeException over) {
            if (Status.fromThrowable(over).getCode() == Status.Code.NOT_FOUND) {
                throw refused(run, OVER);
            }
            throw over;
        }
    }

    private static CliProblem refused(RunHandle run, String reason) {
        return new CliProblem(ExitCode.RUN_FAILED, "%s: %s".formatted(run.workflowId(), reason));
    }
}
