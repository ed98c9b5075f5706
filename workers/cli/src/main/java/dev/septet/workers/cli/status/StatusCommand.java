package dev.septet.workers.cli.status;

import dev.septet.workers.cli.option.ExitCode;
import dev.septet.workers.cli.option.ServerConnector;
import dev.septet.workers.cli.option.Session;
import dev.septet.workers.cli.run.OpenRuns;
import dev.septet.workers.cli.run.RunFailure;
import dev.septet.workers.cli.run.RunHandle;
import dev.septet.workers.cli.run.RunSnapshot;
import dev.septet.workers.cli.run.UnpolledQueues;
import dev.septet.workers.local.Connection;
import java.io.IOException;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The command {@code septet status}. */
@Command(
        name = "status",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Show the state of a run: its stages, its progress, and what it waits for.",
            "",
            "Without a run it shows the newest runs, as `septet runs` lists them."
        })
public final class StatusCommand implements Callable<Integer> {
    private static final int NEWEST = 10;

    private final Session session;

    @Parameters(
            arity = "0..1",
            paramLabel = "RUN",
            description = "The run's workflow id: the pipeline's name for a run of `septet run`")
    private @Nullable String run;

    @Option(names = "--json", description = "Print JSON")
    private boolean json;

    public StatusCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() throws IOException {
        try (Connection connection = ServerConnector.any(session)) {
            String requested = run;
            if (requested == null) {
                new RunTable(session.terminal()).print(OpenRuns.find(connection, OpenRuns.ALL, NEWEST), json);
            } else {
                StatusPage page = page(new RunHandle(connection, requested, ""));
                if (json) {
                    page.json(session.terminal());
                } else {
                    page.print(session.terminal());
                }
            }
        }
        return ExitCode.OK;
    }

    private static StatusPage page(RunHandle handle) {
        RunSnapshot snapshot = RunLookup.snapshot(handle);
        return new StatusPage(
                handle.workflowId(),
                snapshot,
                UnpolledQueues.of(handle, snapshot),
                snapshot.running() ? null : RunFailure.message(handle).orElse(null),
                handle.connection().server().page(handle.workflowId(), snapshot.runId()));
    }
}
