package dev.septet.workers.cli.status;

import dev.septet.workers.cli.option.CliProblem;
import dev.septet.workers.cli.option.ExitCode;
import dev.septet.workers.cli.run.RunHandle;
import dev.septet.workers.cli.run.RunSnapshot;
import dev.septet.workers.cli.run.StateWords;
import dev.septet.workers.cli.steer.RunningStage;
import dev.septet.workflows.PipelineReport;
import dev.septet.workflows.PipelineStatus;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.temporal.client.WorkflowFailedException;

/** Finds a run by the id that the user typed. */
final class RunLookup {
    private RunLookup() {}

    /**
     * The run's current state.
     *
     * @throws CliProblem NOT_FOUND when there is no such run
     */
    static RunSnapshot snapshot(RunHandle handle) {
        try {
            return handle.snapshot();
        } catch (StatusRuntimeException e) {
            if (e.getStatus().getCode() == Status.Code.NOT_FOUND) {
                throw new CliProblem(
                        ExitCode.NOT_FOUND,
                        "no run '%s' on %s. `septet runs` lists the runs."
                                .formatted(
                                        handle.workflowId(),
                                        handle.connection().server().address()));
            }
            throw e;
        }
    }

    /**
     * A run's report: from the run's workers while it is open, from the server after it has completed.
     *
     * @param run the run's workflow id
     */
    static PipelineReport report(RunHandle handle, String run) {
        RunSnapshot snapshot = snapshot(handle);
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
                                .formatted(run, StateWords.of(snapshot.state()))));
        PipelineStatus status = snapshot.stages();
        if (report.evaluation() == null && status != null) {
            throw new CliProblem(
                    ExitCode.NOT_FOUND,
                    "%s has not been evaluated%s: it %s %s"
                            .formatted(
                                    run,
                                    snapshot.running() ? " yet" : "",
                                    snapshot.running() ? "is at" : "ended at",
                                    RunningStage.at(status)));
        }
        return report;
    }
}
