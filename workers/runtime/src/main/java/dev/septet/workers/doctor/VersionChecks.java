package dev.septet.workers.doctor;

import dev.septet.workers.deployment.DeploymentState;
import dev.septet.workers.deployment.Deployments;
import dev.septet.workers.deployment.VersionState;
import dev.septet.workers.local.Connection;
import io.grpc.StatusRuntimeException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Checks whether every version of workers that runs need has workers, and whether one is current. */
record VersionChecks(Connection connection) {
    private static final String CHECK = "versions";

    List<Finding> look() {
        List<Finding> findings = new ArrayList<>();
        try {
            Deployments deployments = new Deployments(connection);
            for (DeploymentState deployment : deployments.all()) {
                findings.addAll(of(deployment, deployments.unversionedWorkers()));
            }
        } catch (StatusRuntimeException refused) {
            findings.add(Finding.warn(
                    CHECK,
                    "the versions of the workers are not known: "
                            + refused.getStatus().getDescription(),
                    "check that the server answers, and that this account may read its deployments"));
        }
        return findings;
    }

    /**
     * The findings about one deployment.
     *
     * @param unversioned whether workers without a version poll
     */
    static List<Finding> of(DeploymentState deployment, boolean unversioned) {
        List<Finding> findings = new ArrayList<>();
        for (VersionState version : deployment.versions()) {
            if (version.deserted()) {
                findings.add(Finding.fail(CHECK, version.waits(), version.remedy()));
            } else if (version.current() && !version.unpolled().isEmpty()) {
                findings.add(Finding.fail(
                        CHECK,
                        "version %s is current, but none of its workers polls %s, so new runs wait"
                                .formatted(version.version().text(), String.join(" and ", version.unpolled())),
                        "start workers with `septet worker --build-id %s`, or make another version current with `septet workers current BUILD`"
                                .formatted(version.buildId())));
            }
        }
        boolean polled = deployment.versions().stream().anyMatch(VersionState::polled);
        if (deployment.current().isEmpty() && polled && !unversioned) {
            findings.add(Finding.fail(
                    CHECK,
                    "workers of deployment %s poll, but none of its versions is current, so new runs wait"
                            .formatted(deployment.name()),
                    "make one current with `septet workers current BUILD`; `septet workers` lists them"));
        }
        if (findings.isEmpty()) {
            findings.add(Finding.ok(
                    CHECK,
                    String.format(
                            Locale.ROOT,
                            "deployment %s: %s",
                            deployment.name(),
                            deployment
                                    .current()
                                    .map(current -> current.buildId() + " is current")
                                    .orElse("no version is current"))));
        }
        return findings;
    }
}
