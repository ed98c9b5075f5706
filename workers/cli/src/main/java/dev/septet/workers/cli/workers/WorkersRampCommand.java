package dev.septet.workers.cli.workers;

import dev.septet.workers.cli.option.CliProblem;
import dev.septet.workers.cli.option.ExitCode;
import dev.septet.workers.cli.option.ServerConnector;
import dev.septet.workers.cli.option.Session;
import dev.septet.workers.deployment.Deployments;
import dev.septet.workers.local.Connection;
import dev.septet.workers.version.WorkerVersion;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The command {@code septet workers ramp}. */
@Command(
        name = "ramp",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Let a share of new runs begin on a version, while the others begin on the current version.",
            "",
            "`--percent 0` ends it. `septet workers current` completes it."
        })
final class WorkersRampCommand implements Callable<Integer> {
    private static final double ALL = 100;

    private final Session session;

    @Parameters(paramLabel = "BUILD", description = "The build id of the version")
    private String build = "";

    @Option(names = "--percent", required = true, paramLabel = "N", description = "Share of new runs, 0 to 100")
    private double percent;

    @Mixin
    private DeploymentOption deployment = new DeploymentOption();

    @Option(
            names = "--force",
            description = "Also when none of its workers polls a task queue that the current version polls")
    private boolean force;

    WorkersRampCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() throws IOException {
        if (!(percent >= 0 && percent <= ALL)) {
            throw new CliProblem(ExitCode.USAGE, "--percent is from 0 to 100, got " + percent);
        }
        try (Connection connection = ServerConnector.any(session)) {
            Deployments deployments = new Deployments(connection);
            WorkerVersion version = deployment.known(session, deployments, build);
            ServerRefusals.explained(() -> {
                deployments.ramp(version, percent, force);
                return true;
            });
            session.terminal()
                    .print(
                            percent == 0
                                    ? "no new runs begin on %s, unless it is current".formatted(version.text())
                                    : "%s%% of new runs begin on %s"
                                            .formatted(WorkersCommand.plain(percent), version.text()));
        }
        return ExitCode.OK;
    }
}
