package dev.septet.workers.cli.workers;

import dev.septet.workers.cli.option.CliProblem;
import dev.septet.workers.cli.option.ExitCode;
import dev.septet.workers.cli.option.ServerConnector;
import dev.septet.workers.cli.option.Session;
import dev.septet.workers.deployment.Deployments;
import dev.septet.workers.deployment.RunVersion;
import dev.septet.workers.local.Connection;
import dev.septet.workers.version.WorkerVersion;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The command {@code septet workers move}. */
@Command(
        name = "move",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Pin an open run, with the workflows of its stages, to another version.",
            "",
            "The run continues there where it is. Use it when the run's own version has no workers any more."
        })
final class WorkersMoveCommand implements Callable<Integer> {
    private final Session session;

    @Parameters(paramLabel = "RUN", arity = "1..*", description = "The workflow ids of the runs")
    private List<String> runs = List.of();

    @Option(names = "--to", required = true, paramLabel = "BUILD", description = "The build id of the version")
    private String build = "";

    @Mixin
    private DeploymentOption deployment = new DeploymentOption();

    WorkersMoveCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() throws IOException {
        try (Connection connection = ServerConnector.any(session)) {
            WorkerVersion version = deployment.known(session, new Deployments(connection), build);
            for (String run : runs) {
                int workflows = move(connection, run, version);
                session.terminal()
                        .print(String.format(
                                Locale.ROOT,
                                "%s is pinned to %s, with %d workflows of its stages",
                                run,
                                version.text(),
                                workflows - 1));
            }
        }
        return ExitCode.OK;
    }

    private static int move(Connection connection, String run, WorkerVersion version) {
        try {
            return new RunVersion(connection).move(run, version).size();
        } catch (StatusRuntimeException e) {
            if (ServerRefusals.unknown(e)) {
                throw new CliProblem(
                        ExitCode.NOT_FOUND, "there is no open run '%s'. `septet runs` lists runs".formatted(run));
            }
            throw ServerRefusals.explained(e);
        }
    }
}
