package dev.septet.activities.host;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.septet.activities.attempt.StageProblem;
import dev.septet.activities.store.ArtifactStore;
import dev.septet.activities.store.Fence;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.workflows.host.Host;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The host of each pipeline: records {@code hosts/<pipeline>} in the shared store. */
public final class Hosts {
    private static final String PREFIX = "hosts/";

    private final ArtifactStore store;

    public Hosts(ArtifactStore store) {
        this.store = store;
    }

    /**
     * A pipeline's host; empty before its first publication.
     *
     * @throws StageProblem INVALID_PIPELINE when the record is damaged
     */
    public Optional<Host> of(String pipeline) throws IOException {
        Optional<String> text = store.record(PREFIX + pipeline);
        return text.isEmpty() ? Optional.empty() : Optional.of(read(pipeline, text.get()));
    }

    /** All hosts by pipeline, sorted. */
    public Map<String, Host> all() throws IOException {
        Map<String, Host> all = new TreeMap<>();
        for (String name : store.records(PREFIX)) {
            String pipeline = name.substring(PREFIX.length());
            of(pipeline).ifPresent(host -> all.put(pipeline, host));
        }
        return all;
    }

    /** The pipeline's host; this host when there was none. */
    Host claim(String pipeline, Host thisHost, Fence fence) throws IOException {
        return store.replaceRecord(PREFIX + pipeline, Optional.empty(), text(thisHost), fence)
                ? thisHost
                : of(pipeline).orElse(thisHost);
    }

    /**
     * Moves a pipeline to a host by a person's decision.
     *
     * @return false when somebody else moved the pipeline in the meantime
     */
    public boolean move(String pipeline, Host to) throws IOException {
        return store.replaceRecord(
                PREFIX + pipeline, store.record(PREFIX + pipeline), text(to), new Fence("by hand/" + pipeline, 1));
    }

    private static String text(Host host) throws IOException {
        return SpecJson.mapper().writeValueAsString(host);
    }

    private static Host read(String pipeline, String text) {
        try {
            return SpecJson.mapper().readValue(text, Host.class);
        } catch (JsonProcessingException e) {
            throw StageProblem.invalid(
                    "the record of the host of pipeline '%s' is damaged: run `septet adopt %s` on the machine that has its files"
                            .formatted(pipeline, pipeline));
        }
    }
}
