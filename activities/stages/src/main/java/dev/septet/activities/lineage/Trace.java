package dev.septet.activities.lineage;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import dev.septet.activities.deploy.AliasHistory;
import dev.septet.activities.deploy.Aliases;
import dev.septet.activities.result.StoredResult;
import dev.septet.activities.serving.Route;
import dev.septet.activities.serving.Routes;
import dev.septet.activities.serving.Variant;
import dev.septet.activities.store.ArtifactStore;
import dev.septet.activities.store.CorruptArtifactException;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.workflows.Stage;
import dev.septet.workflows.artifact.ArtifactRef;
import dev.septet.workflows.artifact.DatasetRef;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What saw some rows, from the records of a store: results of stages, routes and aliases.
 *
 * @param datasets prepared datasets with the rows
 * @param models models that were trained on them
 * @param evaluations evaluations that read them
 * @param versions exported models that were published or on trial
 * @param untraced datasets that were prepared before rows were traced, so that nobody knows what is in them
 */
public record Trace(
        List<SeenDataset> datasets,
        List<SeenModel> models,
        List<SeenEvaluation> evaluations,
        List<SeenVersion> versions,
        List<Untraced> untraced) {
    /** Number of rows of a dataset that are listed. */
    private static final int LISTED = 1000;

    public Trace {
        datasets = List.copyOf(datasets);
        models = List.copyOf(models);
        evaluations = List.copyOf(evaluations);
        versions = List.copyOf(versions);
        untraced = List.copyOf(untraced);
    }

    /**
     * A dataset with some of the rows.
     *
     * @param sha256 digest of its artifact
     * @param run run that prepared it
     * @param pipelines pipelines whose runs got it
     * @param readers all runs that got it, also those that did not finish
     * @param count number of its rows
     * @param similar the rows of them that were found only because their texts are equal, or made of such a row
     * @param rows the first rows, at most {@value Trace#LISTED}
     * @param read digests of all rows, as the pipelines read them, without those that their texts identify
     * @param contents digests of the texts of all rows
     * @param recordsOnly the digests of {@code read} whose texts have no digest, as an earlier version traced them
     * @param gone whether its files are no longer in the store
     */
    public record SeenDataset(
            String sha256,
            String run,
            List<String> pipelines,
            List<String> readers,
            long count,
            @JsonInclude(JsonInclude.Include.NON_DEFAULT) long similar,
            List<LineageRow> rows,
            @JsonIgnore SortedSet<String> read,
            @JsonIgnore SortedSet<String> contents,
            @JsonIgnore SortedSet<String> recordsOnly,
            boolean gone) {
        public SeenDataset {
            pipelines = List.copyOf(pipelines);
            readers = List.copyOf(readers);
            rows = List.copyOf(rows);
        }
    }

    /**
     * A trained model.
     *
     * @param sha256 digest of its artifact
     * @param part name of the work, such as {@code train} or {@code trial}
     * @param dataset digest of its dataset
     */
    public record SeenModel(String sha256, String run, String part, String dataset) {}

    /** An evaluation, whose report and predictions show test rows. */
    public record SeenEvaluation(String sha256, String run) {}

    /**
     * An exported model.
     *
     * @param version the first digits of its digest
     * @param state {@code serves}, {@code is on trial}, or {@code does not serve}
     * @param places folders and buckets where it was published
     */
    public record SeenVersion(
            String version,
            String sha256,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            String pipeline,

            String run,
            String state,
            List<String> places) {
        /** The state of a version that answers requests. */
        public static final String SERVES = "serves";

        /** The state of a version that answers some requests. */
        public static final String TRIAL = "is on trial";

        /** The state of any other version. */
        public static final String RETIRED = "does not serve";

        public SeenVersion {
            places = List.copyOf(places);
        }
    }

    /** A dataset without lineage. */
    public record Untraced(String sha256, String run, List<String> pipelines) {
        public Untraced {
            pipelines = List.copyOf(pipelines);
        }
    }

    /** Whether no dataset has the rows. */
    @JsonIgnore
    public boolean isEmpty() {
        return datasets.isEmpty();
    }

    /** All runs that computed something from the rows. */
    public SortedSet<String> runs() {
        SortedSet<String> runs = new TreeSet<>();
        datasets.forEach(dataset -> {
            runs.add(dataset.run());
            runs.addAll(dataset.readers());
        });
        models.forEach(model -> runs.add(model.run()));
        evaluations.forEach(evaluation -> runs.add(evaluation.run()));
        versions.forEach(version -> runs.add(version.run()));
        return runs;
    }

    /** Searches a store. */
    public static Trace of(ArtifactStore store, Map<String, String> environment, RowQuery query) throws IOException {
        List<StoredResult> all = StoredResult.all(store);
        List<Untraced> untraced = new ArrayList<>();
        Map<String, SeenDataset> found = datasets(store, all, query, untraced);
        List<StoredResult> affected = StoredResult.computedFrom(all, found.keySet());
        List<SeenModel> models = new ArrayList<>();
        List<SeenEvaluation> evaluations = new ArrayList<>();
        Map<String, String> exports = new LinkedHashMap<>();
        for (StoredResult each : affected) {
            String sha256 = each.result().path("artifact").path("sha256").asText();
            if (sha256.isEmpty()) {
                continue;
            }
            if (each.stage().equals(Stage.EVALUATE.word())) {
                evaluations.add(new SeenEvaluation(sha256, each.runId()));
            } else if (each.stage().equals(Stage.DEPLOY.word())) {
                exports.put(sha256, each.runId());
            } else if (each.result().has("ledger")) {
                models.add(new SeenModel(
                        sha256,
                        each.runId(),
                        each.stage(),
                        each.key().value("training data").orElse("")));
            }
        }
        return new Trace(
                List.copyOf(found.values()),
                models,
                evaluations,
                versions(store, environment, exports, found.values()),
                untraced);
    }

    /** Searches all lineages, again while rows are found from which other pipelines made rows. */
    private static Map<String, SeenDataset> datasets(
            ArtifactStore store, List<StoredResult> all, RowQuery query, List<Untraced> untraced) throws IOException {
        Map<String, SeenDataset> found = new TreeMap<>();
        RowSearch search = new RowSearch(query);
        while (true) {
            int known = search.size();
            found.clear();
            untraced.clear();
            for (StoredResult each : all) {
                DatasetRef dataset = dataset(each);
                if (dataset == null) {
                    continue;
                }
                String sha256 = dataset.artifact().sha256();
                Map<String, String> readers = DatasetReaders.of(store, sha256);
                List<String> of = readers.values().stream().distinct().sorted().toList();
                ArtifactRef lineage = dataset.lineage();
                if (lineage == null) {
                    if (store.holds(dataset.artifact())) {
                        untraced.add(new Untraced(sha256, each.runId(), of));
                    }
                    continue;
                }
                Matches matches = new Matches(search);
                try {
                    LineageFile.read(store.fetch(lineage), matches);
                } catch (CorruptArtifactException gone) {
                    if (store.holds(dataset.artifact())) {
                        untraced.add(new Untraced(sha256, each.runId(), of));
                    }
                    continue;
                }
                if (matches.count > 0) {
                    found.put(
                            sha256,
                            new SeenDataset(
                                    sha256,
                                    each.runId(),
                                    of,
                                    List.copyOf(readers.keySet()),
                                    matches.count,
                                    matches.similar,
                                    matches.rows,
                                    matches.read,
                                    matches.contents,
                                    matches.recordsOnly,
                                    !store.holds(dataset.artifact())));
                }
            }
            if (search.size() == known) {
                return found;
            }
        }
    }

    private static final class Matches implements LineageFile.Visitor {
        private final RowSearch search;
        private final List<LineageRow> rows = new ArrayList<>();
        private final SortedSet<String> read = new TreeSet<>();
        private final SortedSet<String> contents = new TreeSet<>();
        private final SortedSet<String> recordsOnly = new TreeSet<>();
        private long count;
        private long similar;
        private String last = "";

        Matches(RowSearch search) {
            this.search = search;
        }

        @Override
        public void row(LineageRow row) {
            RowSearch.Match match = search.find(row);
            if (match == RowSearch.Match.NONE) {
                return;
            }
            // A row with several origins has several lines, one after the other.
            String number = row.split() + " " + row.row();
            boolean another = !number.equals(last);
            last = number;
            count += another ? 1 : 0;
            similar += another && match == RowSearch.Match.CONTENT ? 1 : 0;
            String content = row.content();
            if (content == null) {
                recordsOnly.add(row.read());
            } else {
                contents.add(content);
            }
            if (content == null || match == RowSearch.Match.ROW) {
                read.add(row.read());
            }
            if (another && rows.size() < LISTED) {
                rows.add(row);
            }
        }
    }

    /** Whether a result has the cleaned rows of a part of the sources, which runs of any pipeline may share. */
    public static boolean isShard(StoredResult result) {
        return result.key().value("shard").isPresent();
    }

    /** The dataset of a result; null when it is no dataset, or damaged. */
    static @Nullable DatasetRef dataset(StoredResult result) {
        if (!result.stage().equals(Stage.PREPARE.word()) || isShard(result)) {
            return null;
        }
        try {
            return SpecJson.mapper().treeToValue(result.result(), DatasetRef.class);
        } catch (JsonProcessingException | RuntimeException damaged) {
            return null;
        }
    }

    /**
     * The exported versions. A run that read a dataset with the rows published a model of it, also where an earlier version of
     * Septet kept no record of a replaced result.
     */
    private static List<SeenVersion> versions(
            ArtifactStore store,
            Map<String, String> environment,
            Map<String, String> exports,
            Collection<SeenDataset> datasets)
            throws IOException {
        Set<String> readers = new TreeSet<>();
        datasets.forEach(dataset -> readers.addAll(dataset.readers()));
        Routes routes = new Routes(store);
        Aliases aliases = new Aliases(store, environment);
        List<SeenVersion> versions = new ArrayList<>();
        Map<String, String> left = new LinkedHashMap<>(exports);
        for (String name : store.records("variants/")) {
            String sha256 = name.substring(name.lastIndexOf('/') + 1);
            String pipeline = name.substring("variants/".length(), name.lastIndexOf('/'));
            Variant variant;
            try {
                variant = routes.known(pipeline, sha256);
            } catch (JsonProcessingException damaged) {
                if (exports.containsKey(sha256)) {
                    throw damaged; // whether it serves is not known
                }
                continue;
            }
            if (exports.containsKey(sha256) || readers.contains(variant.runId())) {
                AliasHistory history = aliases.history(pipeline);
                versions.add(new SeenVersion(
                        variant.version(),
                        sha256,
                        pipeline,
                        variant.runId(),
                        state(routes.route(pipeline).orElse(null), variant),
                        places(history.places(), variant.version())));
                left.remove(sha256);
            }
        }
        left.forEach((sha256, run) -> versions.add(
                new SeenVersion(sha256.substring(0, 12), sha256, null, run, SeenVersion.RETIRED, List.of())));
        return versions;
    }

    private static List<String> places(Collection<AliasHistory.Target> targets, String version) {
        return targets.stream()
                .map(target -> target.folder() + "/versions/" + version)
                .toList();
    }

    private static String state(@Nullable Route route, Variant variant) {
        if (route != null && variant.same(route.champion())) {
            return SeenVersion.SERVES;
        }
        return route != null && variant.same(route.challenger()) ? SeenVersion.TRIAL : SeenVersion.RETIRED;
    }
}
