package dev.septet.activities.retention;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.septet.activities.deploy.AliasHistory;
import dev.septet.activities.encryption.MissingKeyException;
import dev.septet.activities.result.StoredResult;
import dev.septet.activities.serving.Route;
import dev.septet.activities.serving.Variant;
import dev.septet.activities.store.ArtifactStore;
import dev.septet.activities.store.CorruptArtifactException;
import dev.septet.activities.store.Sha256;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.workflows.artifact.ArtifactRef;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Compares records with their names, with each other and with the artifacts that they name. Records have no digest of their own, so
 * this finds only what another place also says: digests, versions and the names of pipelines. A flipped bit in a number or in a
 * text stays unseen.
 */
final class RecordCrossCheck {
    private static final String ALIASES = RecordKind.ALIASES.prefix();
    private static final String ROUTES = RecordKind.ROUTES.prefix();
    private static final String VARIANTS = RecordKind.VARIANTS.prefix();
    private static final String RESULTS = RecordKind.RESULTS.prefix();
    private static final String SUPERSEDED = RecordKind.SUPERSEDED.prefix();

    private static final String DIGEST = "[0-9a-f]{64}";

    private final ArtifactStore store;
    private final StoreGraph graph;

    private final Map<String, StoredResult> results = new HashMap<>();
    private final Set<String> produced = new HashSet<>();

    RecordCrossCheck(ArtifactStore store, StoreGraph graph) throws IOException {
        this.store = store;
        this.graph = graph;
        for (StoredResult result : graph.results()) {
            if (result.name().startsWith(RESULTS)) {
                results.put(result.name(), result);
            }
            result.artifacts().forEach(artifact -> produced.add(artifact.sha256()));
        }
    }

    /** What contradicts a record, one sentence each. */
    List<String> contradictions(String name, String text) throws IOException {
        List<String> found = new ArrayList<>();
        try {
            if (text.contains(ArtifactStore.SCHEME)) {
                references(SpecJson.mapper().readTree(text), found);
            }
            if (name.startsWith(ALIASES)) {
                alias(name.substring(ALIASES.length()), SpecJson.mapper().readValue(text, AliasHistory.class), found);
            } else if (name.startsWith(ROUTES)) {
                route(name.substring(ROUTES.length()), SpecJson.mapper().readValue(text, Route.class), found);
            } else if (name.startsWith(VARIANTS)) {
                variant(last(name), SpecJson.mapper().readValue(text, Variant.class), found);
            } else if (name.startsWith(SUPERSEDED) && !Sha256.of(text).startsWith(last(name))) {
                found.add("its text does not have the digest of its name");
            }
        } catch (JsonProcessingException | NullPointerException unreadable) { // a field that is missing is null
            if (name.startsWith(ALIASES) || name.startsWith(ROUTES) || name.startsWith(VARIANTS)) {
                found.add("is not a record of its kind");
            }
        }
        StoredResult result = results.get(name);
        if (result != null
                && last(name).matches(DIGEST)
                && !result.key().digest().equals(last(name))) {
            found.add("its key does not have the digest of its name");
        }
        return found;
    }

    /** References to artifacts have the digest twice. */
    private static void references(JsonNode json, List<String> found) {
        for (JsonNode node : json.findParents("sha256")) {
            String uri = node.path("uri").asText();
            String sha256 = node.path("sha256").asText();
            if (uri.startsWith(ArtifactStore.SCHEME) && !uri.equals(ArtifactStore.SCHEME + sha256)) {
                found.add("names the artifact %s with the digest %s".formatted(uri, sha256));
            }
        }
    }

    private void alias(String pipeline, AliasHistory history, List<String> found) throws IOException {
        String before = null;
        for (AliasHistory.Move move : history.moves()) {
            if (before != null && !before.equals(move.previous())) {
                found.add("a move leads from version %s, but the move before it led to %s"
                        .formatted(move.previous(), before));
            }
            before = move.sha256();
            if (!isKnown(pipeline, move.sha256())) {
                found.add("names the version %s, of which the store knows nothing".formatted(move.sha256()));
            }
        }
    }

    private void route(String pipeline, Route route, List<String> found) throws IOException {
        if (!route.pipeline().equals(pipeline)) {
            found.add("is of the pipeline '%s'".formatted(route.pipeline()));
        }
        for (Variant served : new Variant[] {route.champion(), route.challenger()}) {
            if (served == null) {
                continue;
            }
            variant(served.sha256(), served, found);
            Variant recorded = recorded(pipeline, served.sha256());
            if (recorded == null) {
                if (store.record(VARIANTS + pipeline + "/" + served.sha256()).isEmpty()) {
                    found.add("names the version %s, of which there is no record".formatted(served.sha256()));
                }
            } else if (!served.artifact().equals(recorded.artifact()) || !same(served.base(), recorded.base())) {
                found.add("its version %s differs from the record of this version".formatted(served.version()));
            }
            for (ArtifactRef needed : new ArtifactRef[] {served.artifact(), served.base()}) {
                if (needed != null && !holds(needed.sha256())) {
                    found.add("needs the artifact %s, which is not in the store".formatted(needed.sha256()));
                }
            }
        }
    }

    private static void variant(String sha256, Variant variant, List<String> found) {
        if (!variant.sha256().equals(sha256)) {
            found.add("is of the export %s".formatted(variant.sha256()));
        }
        if (!variant.sha256().startsWith(variant.version())) {
            found.add("calls the export %s version %s".formatted(variant.sha256(), variant.version()));
        }
    }

    /** The record of a version; null if there is none that can be read, which other checks report. */
    private @Nullable Variant recorded(String pipeline, String sha256) throws IOException {
        try {
            Optional<String> text = store.record(VARIANTS + pipeline + "/" + sha256);
            return text.isEmpty() ? null : SpecJson.mapper().readValue(text.get(), Variant.class);
        } catch (JsonProcessingException | CorruptArtifactException | MissingKeyException unreadable) {
            return null;
        }
    }

    /** Whether the store has or had a version. Its export may have left; then its record or a result stays as evidence. */
    private boolean isKnown(String pipeline, String sha256) throws IOException {
        return graph.records().containsKey(VARIANTS + pipeline + "/" + sha256)
                || produced.contains(sha256)
                || holds(sha256)
                || recorded(pipeline, sha256) != null;
    }

    /** A run may have added the artifact since the store was listed. */
    private boolean holds(String sha256) throws IOException {
        return graph.artifacts().containsKey(sha256)
                || (sha256.matches(DIGEST) && store.holds(new ArtifactRef(ArtifactStore.SCHEME + sha256, sha256, 0)));
    }

    private static boolean same(@Nullable ArtifactRef one, @Nullable ArtifactRef other) {
        return one == null ? other == null : one.equals(other);
    }

    private static String last(String name) {
        return name.substring(name.lastIndexOf('/') + 1);
    }
}
