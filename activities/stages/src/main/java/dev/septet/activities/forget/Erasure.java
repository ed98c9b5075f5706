package dev.septet.activities.forget;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import dev.septet.activities.lineage.ForgottenRows;
import dev.septet.activities.lineage.Trace;
import dev.septet.activities.result.StoredResult;
import dev.septet.activities.serving.Routes;
import dev.septet.activities.store.ArtifactStore;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.workflows.Stage;
import dev.septet.workflows.artifact.ArtifactRef;
import dev.septet.workflows.artifact.DatasetRef;
import dev.septet.workflows.forget.ErasurePlan;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What must be deleted so that nothing that was made of some rows is left.
 *
 * @param exclusions digests of the rows as each pipeline reads them, by pipeline
 * @param retrain pipelines with a version that serves or is on trial, which are trained again; the one of the order first
 * @param datasets number of datasets with the rows
 * @param artifacts artifacts to delete, in this order: those that lead to others are last
 * @param scopes names of the trainings whose checkpoints are deleted
 * @param versions digests of exports that were published, by pipeline
 * @param left what cannot be deleted, one sentence each
 * @param contents digests of the texts of the rows, by pipeline; null in a plan of an earlier version
 * @param recordsOnly number of exclusions whose texts have no digest, as an earlier version traced them or no dataset has them
 */
public record Erasure(
        SortedMap<String, SortedSet<String>> exclusions,
        List<ErasurePlan.Retrained> retrain,
        int datasets,
        List<ArtifactRef> artifacts,
        SortedSet<String> scopes,
        SortedMap<String, SortedSet<String>> versions,
        List<String> left,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) SortedMap<String, SortedSet<String>> contents,
        @JsonInclude(JsonInclude.Include.NON_DEFAULT) long recordsOnly) {
    public Erasure {
        contents = contents == null ? new TreeMap<>() : contents;
        retrain = List.copyOf(retrain);
        artifacts = List.copyOf(artifacts);
        left = List.copyOf(left);
    }

    /** The plan for people and for the workflow. */
    ErasurePlan plan(ErasureOrder order, List<String> published) {
        return new ErasurePlan(
                order.rows().size(),
                List.copyOf(exclusions.keySet()),
                exclusions.values().stream().mapToLong(Set::size).sum() + byContent(),
                retrain,
                published,
                byContent());
    }

    /** Number of digests of texts that later runs leave out, of all pipelines together. */
    @JsonIgnore
    public long byContent() {
        return contents.values().stream().mapToLong(Set::size).sum();
    }

    /** What the list of a pipeline gets. */
    ForgottenRows excluded(String pipeline) {
        return new ForgottenRows(
                exclusions.getOrDefault(pipeline, Collections.emptySortedSet()),
                contents.getOrDefault(pipeline, Collections.emptySortedSet()));
    }

    /** The pipelines of which another plan excludes rows that this one does not exclude. */
    SortedSet<String> missing(Erasure other) {
        SortedSet<String> missing = new TreeSet<>();
        other.exclusions.keySet().forEach(pipeline -> {
            ForgottenRows own = excluded(pipeline);
            ForgottenRows more = other.excluded(pipeline);
            if (!exclusions.containsKey(pipeline)
                    || !own.digests().containsAll(more.digests())
                    || !own.contents().containsAll(more.contents())) {
                missing.add(pipeline);
            }
        });
        return missing;
    }

    /** Size of the artifacts in bytes. */
    @JsonIgnore
    public long bytes() {
        return artifacts.stream().mapToLong(ArtifactRef::sizeBytes).sum();
    }

    /** Plans the erasure of an order's rows, from what the store knows now. */
    public static Erasure of(ArtifactStore store, Map<String, String> environment, ErasureOrder order)
            throws IOException {
        return of(store, order, Trace.of(store, environment, order.query()));
    }

    /** Plans the erasure of traced rows. */
    public static Erasure of(ArtifactStore store, ErasureOrder order, Trace trace) throws IOException {
        SortedMap<String, SortedSet<String>> exclusions = new TreeMap<>();
        exclusions.computeIfAbsent(order.pipeline(), none -> new TreeSet<>()).addAll(order.rows());
        SortedMap<String, SortedSet<String>> contents = new TreeMap<>();
        if (!order.contents().isEmpty()) {
            contents.put(order.pipeline(), new TreeSet<>(order.contents().values()));
        }
        SortedMap<String, SortedSet<String>> recordsOnly = new TreeMap<>();
        recordsOnly.put(order.pipeline(), new TreeSet<>(order.rows()));
        Set<String> seeds = new LinkedHashSet<>();
        for (Trace.SeenDataset dataset : trace.datasets()) {
            seeds.add(dataset.sha256());
            for (String pipeline : dataset.pipelines()) {
                exclusions.computeIfAbsent(pipeline, none -> new TreeSet<>()).addAll(dataset.read());
                recordsOnly.computeIfAbsent(pipeline, none -> new TreeSet<>()).addAll(dataset.recordsOnly());
                if (!dataset.contents().isEmpty()) {
                    contents.computeIfAbsent(pipeline, none -> new TreeSet<>()).addAll(dataset.contents());
                }
            }
        }
        Objects.requireNonNull(recordsOnly.get(order.pipeline()))
                .removeAll(order.contents().keySet());
        for (Trace.SeenDataset dataset : trace.datasets()) {
            SortedSet<String> withContent = new TreeSet<>(dataset.read());
            withContent.removeAll(dataset.recordsOnly());
            dataset.pipelines()
                    .forEach(pipeline ->
                            Objects.requireNonNull(recordsOnly.get(pipeline)).removeAll(withContent));
        }
        List<StoredResult> all = StoredResult.all(store);
        Set<ArtifactRef> artifacts = new LinkedHashSet<>();
        for (StoredResult each : StoredResult.computedFrom(all, seeds)) {
            artifacts.addAll(each.artifacts());
        }
        Set<ArtifactRef> lineages = new LinkedHashSet<>();
        for (StoredResult each : all) {
            if (Trace.isShard(each)) {
                artifacts.addAll(each.artifacts()); // it has no lineage, and a run cleans it again
                continue;
            }
            String sha256 = each.result().path("artifact").path("sha256").asText();
            if (each.stage().equals(Stage.PREPARE.word()) && seeds.contains(sha256)) {
                DatasetRef dataset = SpecJson.mapper().treeToValue(each.result(), DatasetRef.class);
                artifacts.add(dataset.artifact());
                ArtifactRef lineage = dataset.lineage();
                if (lineage != null) {
                    lineages.add(lineage);
                }
            }
        }
        Routes routes = new Routes(store);
        for (Trace.SeenVersion version : trace.versions()) {
            String pipeline = version.pipeline();
            if (pipeline != null) {
                artifacts.add(routes.known(pipeline, version.sha256()).artifact());
            }
        }
        artifacts.removeAll(lineages);
        artifacts.addAll(lineages); // an interrupted deletion finds the others by them
        SortedSet<String> scopes = new TreeSet<>();
        for (String run : trace.runs()) {
            scopes.addAll(store.checkpoints().scopes(run + "/"));
        }
        return new Erasure(
                exclusions,
                Replacements.of(store, all, order.pipeline(), trace),
                seeds.size(),
                List.copyOf(artifacts),
                scopes,
                versions(trace),
                left(trace),
                contents,
                recordsOnly.values().stream().mapToLong(Set::size).sum());
    }

    /** The same, with what an earlier plan of the order has in addition. */
    Erasure and(Erasure earlier) {
        Set<ArtifactRef> all = new LinkedHashSet<>(earlier.artifacts);
        all.addAll(artifacts);
        SortedSet<String> allScopes = new TreeSet<>(earlier.scopes);
        allScopes.addAll(scopes);
        SortedMap<String, SortedSet<String>> allVersions = merged(earlier.versions, versions);
        Set<String> allLeft = new LinkedHashSet<>(earlier.left);
        allLeft.addAll(left);
        return new Erasure(
                merged(earlier.exclusions, exclusions),
                retrain,
                Math.max(earlier.datasets, datasets),
                List.copyOf(all),
                allScopes,
                allVersions,
                List.copyOf(allLeft),
                merged(earlier.contents, contents),
                Math.max(earlier.recordsOnly, recordsOnly));
    }

    private static SortedMap<String, SortedSet<String>> merged(
            SortedMap<String, SortedSet<String>> one, SortedMap<String, SortedSet<String>> other) {
        SortedMap<String, SortedSet<String>> all = new TreeMap<>();
        for (SortedMap<String, SortedSet<String>> each : List.of(one, other)) {
            each.forEach((name, values) ->
                    all.computeIfAbsent(name, none -> new TreeSet<>()).addAll(values));
        }
        return all;
    }

    private static SortedMap<String, SortedSet<String>> versions(Trace trace) {
        SortedMap<String, SortedSet<String>> versions = new TreeMap<>();
        for (Trace.SeenVersion version : trace.versions()) {
            String pipeline = version.pipeline();
            if (pipeline != null) {
                versions.computeIfAbsent(pipeline, none -> new TreeSet<>()).add(version.sha256());
            }
        }
        return versions;
    }

    private static List<String> left(Trace trace) {
        List<String> left = new ArrayList<>();
        left.add("the rows in the source files, which are yours: delete them there");
        left.add("requests and answers in the audit log that quote the rows: its retention deletes them");
        left.add("copies of models, reports and datasets that people took, or that were pushed to other places");
        left.add("versions in folders and buckets that a pipeline stopped publishing to with an earlier version of"
                + " Septet");
        left.add("models at outside services, and what outside trainers keep: delete them there");
        for (Trace.Untraced each : trace.untraced()) {
            left.add("dataset %s of run %s, which was prepared before rows were traced: it may have the rows"
                    .formatted(each.sha256().substring(0, 12), each.run()));
        }
        return left;
    }
}
