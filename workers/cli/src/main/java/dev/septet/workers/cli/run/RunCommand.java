package dev.septet.workers.cli.run;

import dev.septet.dsl.pipeline.PipelineSpec;
import dev.septet.dsl.problem.Problem;
import dev.septet.workers.cli.option.DataOption;
import dev.septet.workers.cli.option.FileOption;
import dev.septet.workers.cli.option.PortOption;
import dev.septet.workers.cli.option.Session;
import dev.septet.workflows.PipelineRequest;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The command {@code septet run}. */
@Command(
        name = "run",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Run a pipeline through all its stages.",
            "",
            "Uses the configured Temporal server (TEMPORAL_ADDRESS or a profile) and its workers."
                    + " If none is configured, it uses a server that runs on this machine, or starts"
                    + " a server and workers for this run.",
            "Ctrl-C never loses work. The run continues if it can, and the same command follows it again."
        })
public final class RunCommand implements Callable<Integer> {
    private final Session session;

    @Mixin
    private FileOption file = new FileOption();

    @Mixin
    private DataOption data = new DataOption();

    @Mixin
    private PortOption port = new PortOption();

    @Option(names = "--detach", description = "Start the run and return without waiting")
    private boolean detach;

    @Option(names = "--replace", description = "End the open run of this pipeline, and start a new one")
    private boolean replace;

    @Option(
            names = "--fail-over-quota",
            description = "Fail when the team has used up a quota, instead of waiting for its next period")
    private boolean failOverQuota;

    @Option(names = "--json", description = "Print the result as JSON on standard output")
    private boolean json;

    public RunCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        PipelineSpec spec = file.spec();
        session.startTraces("septet");
        List<Problem> remarks = file.file().printRemarks(session.terminal());
        try (RunServer cluster =
                RunServer.join(session, file.folder(), file.file(), data.folders(session), detach, port)) {
            RunStart start = new RunStart(cluster.connection(), session);
            PipelineRequest request = RunStart.request(spec, file.file(), cluster.serves(spec.name(), file.path()));
            RunHandle run = start.start(spec, failOverQuota ? request.failingOverQuota() : request, replace);
            if (detach) {
                return RunToEnd.detached(session, run);
            }
            return new RunToEnd(session, cluster).follow(run, file.path(), remarks, json);
        }
    }
}
