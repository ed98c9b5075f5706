package dev.septet.workers.cli;

import dev.septet.workflows.PipelineStatus;
import dev.septet.workflows.Stage;
import dev.septet.workflows.StageStatus;

import java.util.Locale;

/** Finds the training of a run that goes on. */
final class RunningTraining {
    static final String OVER = "its training is over, so there is nothing to steer.";

    private RunningTraining() {}

    /**
     * Id of its workflow.
     *
     * @throws CliProblem NOT_FOUND when there is no such run, RUN_FAILED when it does not train now
     */
    static String workflowId(RunHandle run) {
        PipelineStatus status = run.status();
        if (status == null) {
            throw new CliProblem(
                    ExitCode.NOT_FOUND,
                    "no run '%s' on %s. `septet status` lists the runs."
                            .formatted(run.workflowId(), run.connection().server().address()));
        }
        StageStatus train =
                status.stages().stream()
                        .filter(stage -> stage.stage() == Stage.TRAIN)
                        .findFirst()
                        .orElseThrow();
        return switch (train.state()) {
            case RUNNING -> train.workflowId();
            case WAITING ->
                    throw refused(run, "its training has not begun: it is at " + at(status));
            default -> throw refused(run, OVER);
        };
    }

    private static String at(PipelineStatus status) {
        return status.stages().stream()
                .filter(stage -> stage.state() != StageStatus.State.WAITING)
                .reduce((before, later) -> later)
                .map(
                        stage ->
                                "%s (%s)."
                                        .formatted(
                                                stage.stage().word(),
                                                stage.state().name().toLowerCase(Locale.ROOT)))
                .orElse("its beginning.");
    }

    private static CliProblem refused(RunHandle run, String why) {
        return new CliProblem(ExitCode.RUN_FAILED, "%s: %s".formatted(run.workflowId(), why));
    }
}
