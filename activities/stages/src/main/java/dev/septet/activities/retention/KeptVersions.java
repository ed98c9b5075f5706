package dev.septet.activities.retention;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.septet.activities.deploy.AliasHistory;
import dev.septet.activities.deploy.Aliases;
import dev.septet.activities.serving.Route;
import dev.septet.activities.serving.Routes;
import dev.septet.activities.serving.Variant;
import dev.septet.activities.store.ArtifactStore;
import dev.septet.activities.store.Storage;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.workflows.artifact.ArtifactRef;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The versions of all pipelines.
 *
 * @param kept digests of the exports that stay
 * @param needed artifacts that the kept versions need beside their lineage, such as a base model
 * @param retired versions that leave, by pipeline
 * @param all digests of all exports that ever were a version
 * @param moved digests of the exports in the histories of aliases
 */
record KeptVersions(
        Set<String> kept,
        Set<String> needed,
        SortedMap<String, List<Variant>> retired,
        Set<String> all,
        Set<String> moved) {
    private static final String VARIANTS = RecordKind.VARIANTS.prefix();

    /**
     * A version.
     *
     * @param recorded the time of its record
     */
    record Known(Variant variant, Instant recorded) {}

    /**
     * Chooses the versions that stay: those that answer requests or would after a rollback, those published last, and those that
     * were published or used since the cutoff.
     */
    static KeptVersions of(ArtifactStore store, StoreGraph graph, RetentionPolicy policy, Instant cutoff)
            throws IOException {
        KeptVersions found =
                new KeptVersions(new HashSet<>(), new HashSet<>(), new TreeMap<>(), new HashSet<>(), new HashSet<>());
        Routes routes = new Routes(store);
        Aliases aliases = new Aliases(store, Map.of());
        Map<String, List<Known>> byPipeline = variants(store, graph);
        Set<String> pipelines = new TreeSet<>(byPipeline.keySet());
        pipelines.addAll(aliases.pipelines());
        pipelines.addAll(routes.pipelines());
        for (String pipeline : pipelines) {
            AliasHistory history = aliases.history(pipeline);
            Set<String> live = live(history, routes.route(pipeline).orElse(null), found.needed);
            found.kept.addAll(live);
            found.all.addAll(live);
            // An earlier Septet published versions without a record of them.
            history.moves().forEach(move -> found.moved.add(move.sha256()));
            found.all.addAll(found.moved);
            List<Known> known = PublicationOrder.newestFirst(
                    byPipeline.getOrDefault(pipeline, List.of()),
                    history,
                    pipeline,
                    graph.records().keySet());
            for (int i = 0; i < known.size(); i++) {
                Variant variant = known.get(i).variant();
                found.all.add(variant.sha256());
                Storage.Used export = graph.artifacts().get(variant.sha256());
                boolean recent = !known.get(i).recorded().isBefore(cutoff)
                        || (export != null && !export.used().isBefore(cutoff));
                if (i < policy.versions() || recent || live.contains(variant.sha256())) {
                    found.keep(variant);
                } else {
                    found.retired
                            .computeIfAbsent(pipeline, none -> new ArrayList<>())
                            .add(variant);
                }
            }
        }
        return found;
    }

    /** The export of a version's record; empty when the record is damaged or gone. */
    static Optional<ArtifactRef> export(ArtifactStore store, String record) throws IOException {
        try {
            Optional<String> text = store.record(record);
            return text.isEmpty()
                    ? Optional.empty()
                    : Optional.of(SpecJson.mapper()
                            .readValue(text.get(), Variant.class)
                            .artifact());
        } catch (JsonProcessingException damaged) {
            return Optional.empty();
        }
    }

    private void keep(Variant variant) {
        kept.add(variant.sha256());
        if (variant.base() != null) {
            needed.add(variant.base().sha256());
        }
    }

    /** The digests of the versions that answer requests, are on trial, or become live by a rollback. */
    static Set<String> live(AliasHistory history, @Nullable Route route, Set<String> needed) {
        Set<String> live = new TreeSet<>();
        for (String each : new String[] {history.current(), history.before()}) {
            if (each != null) {
                live.add(each);
            }
        }
        if (route != null) {
            for (Variant each : new Variant[] {route.champion(), route.challenger()}) {
                if (each != null) {
                    live.add(each.sha256());
                    if (each.base() != null) {
                        needed.add(each.base().sha256());
                    }
                }
            }
        }
        return live;
    }

    /** The versions of each pipeline. */
    private static Map<String, List<Known>> variants(ArtifactStore store, StoreGraph graph) throws IOException {
        Map<String, List<Known>> byPipeline = new TreeMap<>();
        for (Storage.Used record : graph.records().values()) {
            if (!record.name().startsWith(VARIANTS)) {
                continue;
            }
            String pipeline =
                    record.name().substring(VARIANTS.length(), record.name().lastIndexOf('/'));
            Optional<String> text = store.record(record.name());
            try {
                if (text.isPresent()) {
                    byPipeline
                            .computeIfAbsent(pipeline, none -> new ArrayList<>())
                            .add(new Known(SpecJson.mapper().readValue(text.get(), Variant.class), record.used()));
                }
            } catch (JsonProcessingException damaged) {
                throw new IOException(
                        "the record %s is damaged, so the needs of its version are not known; nothing was deleted. Publish the pipeline '%s' again"
                                .formatted(record.name(), pipeline),
                        damaged);
            }
        }
        return byPipeline;
    }
}
