package dev.septet.workers.cli.steer;

import dev.septet.workers.cli.option.CliProblem;
import dev.septet.workers.cli.option.ExitCode;
import dev.septet.workers.cli.run.RunHandle;
import dev.septet.workflows.PipelineStatus;
import dev.septet.workflows.Stage;
import dev.septet.workflows.StageStatus;

/** Finds the training workflow of an open run. */
final class RunningTraining {
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

    private static CliProblem refused(RunHandle run, String reason) {
        return new CliProblem(ExitCode.RUN_FAILED, "%s: %s".formatted(run.workflowId(), reason));
    }
}
