package dev.septet.workers.deployment;

import java.util.List;
import java.util.Optional;

/**
 * A worker deployment.
 *
 * @param versions its versions, the newest first
 */
public record DeploymentState(String name, List<VersionState> versions) {
    public DeploymentState {
        versions = List.copyOf(versions);
    }

    /** The version on which new runs begin; empty when workers without a version run them. */
    public Optional<VersionState> current() {
        return versions.stream().filter(VersionState::current).findFirst();
    }
}
