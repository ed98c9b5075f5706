package dev.septet.activities.answer;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.septet.activities.store.ArtifactStore;
import dev.septet.activities.store.Fence;
import dev.septet.dsl.pipeline.SpecDigest;
import dev.septet.dsl.pipeline.SpecJson;
import java.io.IOException;
import java.util.Optional;

/**
 * The answers that arrived, in the records {@code answers/<digest>} of the artifact store, where they are encrypted like
 * other records. The digest is that of the service, the model and the canonical JSON of the request. A request is sent only
 * if its answer is not here. Thread-safe.
 */
final class AnswerStore {
    private static final int FORMAT = 1;
    private static final String PREFIX = "answers/";

    private final ArtifactStore store;
    private final Fence fence;

    AnswerStore(ArtifactStore store, Fence fence) {
        this.store = store;
        this.fence = fence;
    }

    /**
     * The name of a request's answer.
     *
     * @param service which service or model folder answers
     * @param body the JSON of the request, with the model
     */
    static String digest(String service, JsonNode body) {
        ObjectNode json = SpecJson.mapper().createObjectNode();
        json.put("format", FORMAT).put("service", service).set("request", body);
        return SpecDigest.of(json);
    }

    /** The answer; empty when it has not arrived, or its record is damaged. */
    Optional<StoredAnswer> get(String digest) throws IOException {
        Optional<String> text = store.record(name(digest));
        if (text.isEmpty()) {
            return Optional.empty();
        }
        var unused = store.renew(name(digest)); // answers cost money: those in use stay
        try {
            return Optional.of(SpecJson.mapper().readValue(text.get(), StoredAnswer.class))
                    .filter(answer -> !answer.ofUnknownReason());
        } catch (JsonProcessingException damaged) {
            return Optional.empty(); // requested again
        }
    }

    /** Stores an answer. When this returns, a killed process does not lose it. */
    void put(String digest, StoredAnswer answer) throws IOException {
        store.putRecord(name(digest), SpecJson.mapper().writeValueAsString(answer), fence);
    }

    private static String name(String digest) {
        return PREFIX + digest.substring(0, 2) + "/" + digest;
    }
}
