package dev.septet.activities.host;

import dev.septet.activities.attempt.StageProblem;
import dev.septet.activities.store.ArtifactStore;
import dev.septet.activities.store.Stores;
import dev.septet.workflows.FailureType;
import dev.septet.workflows.host.Host;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * The pipelines whose files belong to a state folder. When no other machine shares the store, all
 * pipelines do. Pipelines without a host do too.
 *
 * @param shared whether several machines may share the store
 */
public record LocalPipelines(boolean shared, Hosts hosts, Path state) {
    /**
     * The pipelines of a state folder.
     *
     * @param environment environment variables that name the store
     */
    public static LocalPipelines of(ArtifactStore store, Path state, Map<String, String> environment) {
        return new LocalPipelines(Stores.shared(environment), new Hosts(store), state);
    }

    /** Whether a pipeline's files belong here. */
    public boolean has(String pipeline) throws IOException {
        return elsewhere(pipeline).isEmpty();
    }

    /**
     * Checks that a pipeline's files belong to this machine.
     *
     * @throws StageProblem ELSEWHERE naming the host
     */
    public void require(String pipeline) throws IOException {
        Optional<Host> host = elsewhere(pipeline);
        if (host.isPresent()) {
            throw new StageProblem(
                    FailureType.ELSEWHERE,
                    "the files of pipeline '%s' are on host %s: run this command there, or move the pipeline to this machine with `septet adopt %s`"
                            .formatted(pipeline, host.get().name(), pipeline));
        }
    }

    private Optional<Host> elsewhere(String pipeline) throws IOException {
        Optional<Host> host = shared ? hosts.of(pipeline) : Optional.empty();
        if (host.isEmpty()) {
            return host;
        }
        Optional<Host> thisHost = HostFile.existing(state);
        return host.filter(
                there -> thisHost.filter(own -> own.id().equals(there.id())).isEmpty());
    }
}
