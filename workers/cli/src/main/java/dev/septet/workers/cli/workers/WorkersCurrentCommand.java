package dev.septet.workers.cli.workers;

import dev.septet.workers.cli.option.CliProblem;
import dev.septet.workers.cli.option.ExitCode;
import dev.septet.workers.cli.option.ServerConnector;
import dev.septet.workers.cli.option.Session;
import dev.septet.workers.deployment.DeploymentState;
import dev.septet.workers.deployment.Deployments;
import dev.septet.workers.deployment.VersionState;
import dev.septet.workers.local.Connection;
import dev.septet.workers.version.WorkerVersion;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The command {@code septet workers current}. */
@Command(
        name = "current",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Make a version current: new runs begin on it, and monitors move to it.",
            "",
            "Open runs stay on their version. To roll back, make the earlier version current again."
        })
final class WorkersCurrentCommand implements Callable<Integer> {
    private final Session session;

    @Parameters(arity = "0..1", paramLabel = "BUILD", description = "The build id of the version")
    private @Nullable String build;

    @Option(names = "--unversioned", description = "Let workers without a version take new runs, instead of a version")
    private boolean unversioned;

    @Mixin
    private DeploymentOption deployment = new DeploymentOption();

    @Option(
            names = "--force",
            description = "Also when none of its workers polls a task queue that the previous version polls")
    private boolean force;

    WorkersCurrentCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() throws IOException {
        if ((build == null) != unversioned) {
            throw new CliProblem(ExitCode.USAGE, "name either a BUILD or --unversioned");
        }
        String name = deployment.name(session);
        try (Connection connection = ServerConnector.any(session)) {
            Deployments deployments = new Deployments(connection);
            String named = build;
            WorkerVersion version = named == null ? null : deployment.known(session, deployments, named);
            if (version != null && !force) {
                requireWorkers(deployments, version);
            }
            ServerRefusals.explained(() -> {
                deployments.makeCurrent(name, version, force);
                return true;
            });
            session.terminal()
                    .print(
                            version == null
                                    ? "workers without a version take new runs of deployment " + name
                                    : "%s is current: new runs begin on it, and monitors move to it"
                                            .formatted(version.text()));
        }
        return ExitCode.OK;
    }

    /** A queue that only the previous version's workers poll would leave new runs waiting. */
    private static void requireWorkers(Deployments deployments, WorkerVersion version) {
        Optional<DeploymentState> state = deployments.all().stream()
                .filter(each -> each.name().equals(version.deployment()))
                .findFirst();
        VersionState next = state.stream()
                .flatMap(each -> each.versions().stream())
                .filter(each -> each.buildId().equals(version.buildId()))
                .findFirst()
                .orElseThrow();
        if (!next.polled()) {
            throw new CliProblem(
                    ExitCode.RUN_FAILED,
                    "no worker of version %s polls now, so new runs would wait. Start its workers first; --force makes it current anyway"
                            .formatted(version.text()));
        }
        Optional<VersionState> before = state.flatMap(DeploymentState::current);
        for (String queue :
                before.map(VersionState::workers).map(java.util.Map::keySet).orElse(java.util.Set.of())) {
            if (next.workers().getOrDefault(queue, 0) == 0) {
                throw new CliProblem(
                        ExitCode.RUN_FAILED,
                        "workers of version %s poll the task queue %s, but none of version %s does, so new runs would wait there. Start its workers first; --force makes it current anyway"
                                .formatted(before.orElseThrow().version().text(), queue, version.text()));
            }
        }
    }
}
