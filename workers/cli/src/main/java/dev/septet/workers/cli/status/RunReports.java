package dev.septet.workers.cli.status;

import dev.septet.workers.cli.option.CliProblem;
import dev.septet.workers.cli.option.ExitCode;
import dev.septet.workers.cli.run.RunHandle;
import dev.septet.workers.cli.run.RunSnapshot;
import dev.septet.workers.cli.run.StateWords;
import dev.septet.workers.cli.steer.RunningStage;
import dev.septet.workflows.PipelineReport;
import dev.septet.workflows.PipelineStatus;
import io.temporal.client.WorkflowFailedException;
import java.util.Optional;

/** Finds the results of a run's stages. */
public final class RunReports {
    private RunReports() {}

    /**
     * The report: from the run's workers while it is open, from the server after it has completed.
     *
     * @throws CliProblem NOT_FOUND when there is no such run, or it has not been evaluated; RUN_FAILED when no worker answers
     */
    public static PipelineReport of(RunHandle handle) {
        return of(handle, RunLookup.snapshot(handle));
    }

    /** The run's current state; empty when the server does not know it. */
    public static Optional<RunSnapshot> snapshot(RunHandle handle) {
        return RunLookup.known(handle);
    }

    /**
     * The same of a run whose state is known.
     *
     * @throws CliProblem NOT_FOUND when it has not been evaluated; RUN_FAILED when no worker answers
     */
    public static PipelineReport of(RunHandle handle, RunSnapshot snapshot) {
        if (!snapshot.running()) {
            try {
                return handle.result();
            } catch (WorkflowFailedException failed) {
                // The run failed: its workers know what it found before.
            }
        }
        PipelineReport report = handle.report()
                .orElseThrow(() -> new CliProblem(
                        ExitCode.RUN_FAILED,
                        "%s is %s, and no worker can read its results. Start one with `septet worker --role light`."
                                .formatted(handle.workflowId(), StateWords.of(snapshot.state()))));
        PipelineStatus status = snapshot.stages();
        if (report.evaluation() == null && status != null) {
            throw new CliProblem(
                    ExitCode.NOT_FOUND,
                    "%s has not been evaluated%s: it %s %s"
                            .formatted(
                                    handle.workflowId(),
                                    snapshot.running() ? " yet" : "",
                                    snapshot.running() ? "is at" : "ended at",
                                    RunningStage.at(status)));
        }
        return report;
    }
}
