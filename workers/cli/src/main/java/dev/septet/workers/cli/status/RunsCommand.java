package dev.septet.workers.cli.status;

import dev.septet.workers.cli.option.CliProblem;
import dev.septet.workers.cli.option.ExitCode;
import dev.septet.workers.cli.option.ServerConnector;
import dev.septet.workers.cli.option.Session;
import dev.septet.workers.cli.run.OpenRuns;
import dev.septet.workers.codec.CodecSettings;
import dev.septet.workers.local.Connection;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The command {@code septet runs}. */
@Command(
        name = "runs",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "List runs, newest first.",
            "",
            "A run must match every filter. `temporal workflow list --query` finds the same by the"
                    + " search attributes SeptetPipeline, SeptetStage, SeptetModel, SeptetDataset,"
                    + " SeptetGate, SeptetScore and SeptetDrift."
        })
public final class RunsCommand implements Callable<Integer> {
    private final Session session;

    @Mixin
    private RunFilter filter = new RunFilter();

    @Option(names = "--limit", paramLabel = "N", description = "The greatest number of runs. Default: 20")
    private int limit = 20;

    @Option(names = "--json", description = "Print JSON")
    private boolean json;

    public RunsCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() throws IOException {
        if (limit < 1) {
            throw new CliProblem(ExitCode.USAGE, "--limit is at least 1, got " + limit);
        }
        String query = filter.query();
        try (Connection connection = ServerConnector.any(session)) {
            if (filter.filtersByName() && new CodecSettings(session.environment()).encodes()) {
                session.terminal()
                        .note("Runs with encrypted payloads do not publish their model and"
                                + " dataset to the server; --model and --dataset find only"
                                + " other runs.");
            }
            new RunTable(session.terminal()).print(OpenRuns.find(connection, query, limit), json);
        }
        return ExitCode.OK;
    }
}
