package dev.septet.activities.serving;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.septet.activities.attempt.StageProblem;
import dev.septet.activities.store.ArtifactStore;
import dev.septet.activities.store.Fence;
import dev.septet.dsl.pipeline.SpecJson;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The endpoints of pipelines with an {@code http} target: records {@code endpoints/<pipeline>}. The
 * model server reads them; the route determines the model that answers.
 */
public final class Endpoints {
    private static final String PREFIX = "endpoints/";
    private static final String NOWHERE = "{}";

    private final ArtifactStore store;

    public Endpoints(ArtifactStore store) {
        this.store = store;
    }

    /** All endpoints by pipeline, sorted. */
    public Map<String, Endpoint> all() throws IOException {
        Map<String, Endpoint> all = new TreeMap<>();
        for (String name : store.records(PREFIX)) {
            Optional<String> text = store.record(name);
            if (text.isPresent() && !text.get().equals(NOWHERE)) {
                String pipeline = name.substring(PREFIX.length());
                all.put(pipeline, read(pipeline, text.get()));
            }
        }
        return all;
    }

    /**
     * Sets a pipeline's endpoint.
     *
     * @param endpoint null for none
     */
    public void set(String pipeline, @Nullable Endpoint endpoint, Fence fence) throws IOException {
        String text = endpoint == null ? NOWHERE : SpecJson.mapper().writeValueAsString(endpoint);
        Optional<String> before = store.record(PREFIX + pipeline);
        if (!before.orElse(NOWHERE).equals(text)) {
            store.putRecord(PREFIX + pipeline, text, fence);
        }
    }

    private static Endpoint read(String pipeline, String text) {
        try {
            return SpecJson.mapper().readValue(text, Endpoint.class);
        } catch (JsonProcessingException e) {
            throw StageProblem.invalid(
                    "the endpoint of pipeline '%s' is damaged: publish it again".formatted(pipeline));
        }
    }
}
