package dev.septet.workers.cli.steer;

import dev.septet.workers.cli.option.CliProblem;
import dev.septet.workers.cli.option.ExitCode;
import dev.septet.workers.cli.run.RunHandle;
import dev.septet.workflows.PipelineStatus;
import dev.septet.workflows.Stage;
import dev.septet.workflows.StageStatus;
import java.util.Locale;

/** Finds a stage of a run. */
public final class RunningStage {
    private RunningStage() {}

    /**
     * The status of a run.
     *
     * @throws CliProblem NOT_FOUND when there is no such run
     */
    public static PipelineStatus status(RunHandle run) {
        PipelineStatus status = run.status();
        if (status == null) {
            throw new CliProblem(
                    ExitCode.NOT_FOUND,
                    "no run '%s' on %s. `septet status` lists the runs."
                            .formatted(
                                    run.workflowId(), run.connection().server().address()));
        }
        return status;
    }

    /** The status of one of its stages. */
    static StageStatus of(PipelineStatus status, Stage stage) {
        return status.stages().stream()
                .filter(known -> known.stage() == stage)
                .findFirst()
                .orElseThrow();
    }

    /** The current stage of a run, as text for people. */
    public static String at(PipelineStatus status) {
        return status.stages().stream()
                .filter(stage -> stage.state() != StageStatus.State.WAITING)
                .reduce((before, later) -> later)
                .map(stage -> "%s (%s)."
                        .formatted(stage.stage().word(), stage.state().name().toLowerCase(Locale.ROOT)))
                .orElse("its beginning.");
    }
}
