package dev.septet.activities.forget;

import com.fasterxml.jackson.annotation.JsonIgnore;
import dev.septet.activities.lineage.RowQuery;
import dev.septet.activities.lineage.Trace;
import dev.septet.activities.result.StoredResult;
import dev.septet.activities.store.ArtifactStore;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.workflows.Stage;
import dev.septet.workflows.artifact.ArtifactRef;
import dev.septet.workflows.artifact.DatasetRef;
import dev.septet.workflows.forget.ErasurePlan;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
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
 */
public record Erasure(
        SortedMap<String, SortedSet<String>> exclusions,
        List<ErasurePlan.Retrained> retrain,
        int datasets,
        List<ArtifactRef> artifacts,
        SortedSet<String> scopes,
        SortedMap<String, SortedSet<String>> versions,
        List<String> left) {
    public Erasure {
        retrain = List.copyOf(retrain);
        artifacts = List.copyOf(artifacts);
        left = List.copyOf(left);
    }

    /** The plan for people and for the workflow. */
    ErasurePlan plan(ErasureOrder order, List<String> published) {
        return new ErasurePlan(
                order.rows().size(),
                List.copyOf(exclusions.keySet()),
                exclusions.values().stream().mapToLong(Set::size).sum(),
                retrain,
                published);
    }

    /** The pipelines of which another plan excludes rows that this one does not exclude. */
    SortedSet<String> missing(Erasure other) {
        SortedSet<String> missing = new TreeSet<>();
        other.exclusions.forEach((pipeline, rows) -> {
            Set<String> own = exclusions.get(pipeline);
            if (own == null || !own.containsAll(rows)) {
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
        return of(store, order, Trace.of(store, environment, RowQuery.of(Set.copyOf(order.rows()))));
    }

    /** Plans the erasure of traced rows. */
    public static Erasure of(ArtifactStore store, ErasureOrder order, Trace trace) throws IOException {
        SortedMap<String, SortedSet<String>> exclusions = new TreeMap<>();
        exclusions.computeIfAbsent(order.pipeline(), none -> new TreeSet<>()).addAll(order.rows());
        Set<String> seeds = new LinkedHashSet<>();
        for (Trace.SeenDataset dataset : trace.datasets()) {
            seeds.add(dataset.sha256());
            for (String pipeline : dataset.pipelines()) {
                exclusions.computeIfAbsent(pipeline, none -> new TreeSet<>()).addAll(dataset.read());
            }
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
                left(trace));
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
                List.copyOf(allLeft));
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
        left.add("versions in folders and buckets that a pipeline published to before its file named other ones");
        left.add("models at outside services, and what outside trainers keep: delete them there");
        for (Trace.Untraced each : trace.untraced()) {
            left.add("dataset %s of run %s, which was prepared before rows were traced: it may have the rows"
                    .formatted(each.sha256().substring(0, 12), each.run()));
        }
        return left;
    }
}
