package dev.septet.workers.cli.workers;

import dev.septet.settings.Setting;
import dev.septet.workers.cli.option.CliProblem;
import dev.septet.workers.cli.option.ExitCode;
import dev.septet.workers.cli.option.Session;
import dev.septet.workers.deployment.DeploymentState;
import dev.septet.workers.deployment.Deployments;
import dev.septet.workers.deployment.VersionState;
import dev.septet.workers.version.WorkerVersion;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The option that names a deployment. */
final class DeploymentOption {
    @Option(
            names = "--deployment",
            paramLabel = "NAME",
            description = "The worker deployment. Default: SEPTET_DEPLOYMENT, or " + WorkerVersion.DEFAULT_DEPLOYMENT)
    private @Nullable String deployment;

    String name(Session session) {
        if (deployment != null) {
            return deployment;
        }
        String set = Setting.DEPLOYMENT.text(session.environment());
        return set.isEmpty() ? WorkerVersion.DEFAULT_DEPLOYMENT : set;
    }

    /**
     * A version that the server knows.
     *
     * @throws CliProblem NOT_FOUND with the known ones
     */
    WorkerVersion known(Session session, Deployments deployments, String build) {
        WorkerVersion version = ServerRefusals.version(name(session), build);
        List<DeploymentState> all = ServerRefusals.explained(deployments::all);
        List<String> builds = all.stream()
                .filter(each -> each.name().equals(version.deployment()))
                .flatMap(each -> each.versions().stream())
                .map(VersionState::buildId)
                .toList();
        if (!builds.contains(build)) {
            throw new CliProblem(
                    ExitCode.NOT_FOUND,
                    "no worker of version %s has polled this server. %s"
                            .formatted(
                                    version.text(),
                                    builds.isEmpty()
                                            ? "Start one with `septet worker --build-id %s`".formatted(build)
                                            : "Known builds of %s: %s"
                                                    .formatted(version.deployment(), String.join(", ", builds))));
        }
        return version;
    }
}
