package dev.septet.workers.cli.status;

import dev.septet.workers.cli.option.CliProblem;
import dev.septet.workers.cli.option.ExitCode;
import dev.septet.workers.cli.run.RunHandle;
import dev.septet.workers.cli.run.RunSnapshot;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.Optional;

/** Finds a run by the id that the user typed. */
final class RunLookup {
    private RunLookup() {}

    /**
     * The run's current state.
     *
     * @throws CliProblem NOT_FOUND when there is no such run
     */
    static RunSnapshot snapshot(RunHandle handle) {
        return known(handle)
                .orElseThrow(() -> new CliProblem(
                        ExitCode.NOT_FOUND,
                        "no run '%s' on %s. `septet runs` lists the runs."
                                .formatted(
                                        handle.workflowId(),
                                        handle.connection().server().address())));
    }

    /** The run's current state; empty when the server does not know it. */
    static Optional<RunSnapshot> known(RunHandle handle) {
        try {
            return Optional.of(handle.snapshot());
        } catch (StatusRuntimeException e) {
            if (e.getStatus().getCode() == Status.Code.NOT_FOUND) {
                return Optional.empty();
            }
            throw e;
        }
    }
}
