package dev.septet.activities.result;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.septet.activities.encryption.MissingKeyException;
import dev.septet.activities.store.ArtifactStore;
import dev.septet.activities.store.CorruptArtifactException;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.workflows.Stage;
import dev.septet.workflows.artifact.ArtifactRef;
import dev.septet.workflows.graph.KeyMeasurement;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A result in the store, with what it was computed from.
 *
 * @param name name of its record
 * @param runId run that computed it
 * @param result the result's JSON
 */
public record StoredResult(String name, String runId, StageKey key, JsonNode result) {
    /** Records of results that others have replaced. */
    static final String SUPERSEDED = "superseded/";

    private static final String RESULTS = "results/";

    /** Learns which record of a result cannot be read. */
    @FunctionalInterface
    public interface Unreadable {
        /**
         * Called for each such record.
         *
         * @param why a {@link JsonProcessingException} when the text is not a result, else why there is no text
         */
        void at(String name, IOException why) throws IOException;
    }

    /**
     * All results of a store, by name, then those that others have replaced. Damaged records are left out: no run uses them.
     */
    public static List<StoredResult> all(ArtifactStore store) throws IOException {
        return readable(store, (name, why) -> {
            if (!(why instanceof JsonProcessingException)) {
                throw why;
            }
        });
    }

    /** The results of a store like {@link #all}, without those that cannot be read. */
    public static List<StoredResult> readable(ArtifactStore store, Unreadable unreadable) throws IOException {
        List<StoredResult> all = new ArrayList<>();
        List<String> names = new ArrayList<>(store.records(RESULTS));
        names.addAll(store.records(SUPERSEDED));
        for (String name : names) {
            try {
                Optional<String> text = store.record(name);
                if (text.isPresent()) {
                    all.add(parsed(name, text.get()));
                }
            } catch (JsonProcessingException | CorruptArtifactException | MissingKeyException why) {
                unreadable.at(name, why);
            }
        }
        return all;
    }

    private static StoredResult parsed(String name, String text) throws JsonProcessingException {
        StageResults.@Nullable Finished found = SpecJson.mapper().readValue(text, StageResults.Finished.class);
        if (found == null
                || Stream.of(found.runId(), found.key(), found.result()).anyMatch(Objects::isNull)) {
            throw new JsonMappingException(null, "it has no run, key or result");
        }
        return new StoredResult(name, found.runId(), found.key(), found.result());
    }

    /**
     * The first result of a stage that a run computed.
     *
     * @param all results of the store
     */
    public static Optional<StoredResult> ofRun(List<StoredResult> all, Stage stage, String runId) {
        return all.stream()
                .filter(each ->
                        each.stage().equals(stage.word()) && each.runId().equals(runId))
                .findFirst();
    }

    /**
     * The result of a stage whose artifact has this digest. Parts of results are left out.
     *
     * @param all results of the store
     */
    public static Optional<StoredResult> ofArtifact(List<StoredResult> all, Stage stage, String sha256) {
        return all.stream()
                .filter(each -> each.stage().equals(stage.word())
                        && each.key().value("shard").isEmpty()
                        && each.result()
                                .path("artifact")
                                .path("sha256")
                                .asText()
                                .equals(sha256))
                .findFirst();
    }

    /** The word of the stage that computed it. */
    public String stage() {
        return key.stage();
    }

    /** The artifacts in it. */
    public List<ArtifactRef> artifacts() throws IOException {
        return artifacts(result);
    }

    /** The artifacts in a result's JSON. */
    static List<ArtifactRef> artifacts(JsonNode result) throws IOException {
        Set<ArtifactRef> found = new LinkedHashSet<>();
        for (JsonNode node : result.findParents("sha256")) {
            if (node.has("uri") && node.has("sizeBytes")) {
                found.add(SpecJson.mapper().treeToValue(node, ArtifactRef.class));
            }
        }
        return List.copyOf(found);
    }

    /**
     * The results that were computed from artifacts, directly or through other results. A comparison with a champion does not
     * make a result of it.
     *
     * @param sha256 digests of the artifacts
     */
    public static List<StoredResult> computedFrom(List<StoredResult> all, Set<String> sha256) throws IOException {
        Set<String> from = new HashSet<>(sha256);
        Set<StoredResult> found = new LinkedHashSet<>();
        boolean more = true;
        while (more) {
            more = false;
            for (StoredResult each : all) {
                if (!found.contains(each) && each.uses(from)) {
                    found.add(each);
                    each.artifacts().forEach(artifact -> from.add(artifact.sha256()));
                    more = true;
                }
            }
        }
        return all.stream().filter(found::contains).toList();
    }

    private boolean uses(Set<String> sha256) {
        return key.parts().stream()
                .anyMatch(
                        part -> !part.group().equals(KeyMeasurement.CHAMPION.group()) && sha256.contains(part.value()));
    }
}
