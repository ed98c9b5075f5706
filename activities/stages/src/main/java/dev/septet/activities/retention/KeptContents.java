package dev.septet.activities.retention;

import com.fasterxml.jackson.databind.JsonNode;
import dev.septet.activities.result.StageResults;
import dev.septet.activities.result.StoredResult;
import dev.septet.activities.store.ArtifactStore;
import dev.septet.activities.store.Storage;
import dev.septet.workflows.Stage;
import dev.septet.workflows.artifact.ArtifactRef;
import java.io.IOException;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What stays in a store.
 *
 * <ul>
 *   <li>Kept versions stay with everything that they were computed from.
 *   <li>A version that leaves stays as evidence: the records of its results, its evaluation, its training ledger, the digests of
 *       its rows and the page of its run. An audit or an erasure can still ask what it was made of.
 *   <li>The dataset of each pipeline's last run stays, because other pipelines may read it.
 *   <li>Everything that was used since the cutoff stays, and everything that open runs and monitors need. What an open run
 *       computed stays by the run's id, because the times of files are those of its machine's clock.
 *   <li>Records that this version does not know stay, and so do the artifacts that they name.
 * </ul>
 *
 * @param artifacts digests
 * @param records names
 * @param versions the versions of all pipelines
 */
record KeptContents(Set<String> artifacts, Set<String> records, KeptVersions versions) {
    /** Runs of a pipeline that stay in the trend of its reports. */
    private static final int TREND = 20;

    private static final String RUNS = RecordKind.VERSIONS.prefix();
    private static final String LATEST = RecordKind.LATEST.prefix();

    static KeptContents of(ArtifactStore store, StoreGraph graph, RetentionPolicy policy, OpenWork open, Instant cutoff)
            throws IOException {
        KeptVersions versions = KeptVersions.of(store, graph, policy, cutoff);
        KeptContents kept = new KeptContents(new HashSet<>(), new HashSet<>(), versions);
        Set<String> roots = new TreeSet<>(versions.kept());
        roots.addAll(versions.needed());
        roots.addAll(open.artifacts());
        for (Storage.Used record : graph.records().values()) {
            boolean recent = !record.used().isBefore(cutoff);
            if (OldRecords.needsArtifacts(record.name())) {
                kept.records.add(record.name());
                roots.addAll(graph.named(store.record(record.name()).orElse("")));
            } else if (recent) {
                kept.records.add(record.name());
            }
        }
        kept.keepLastDatasets(store, graph);
        for (StoredResult result : graph.results()) {
            if (open.oldest() != null && open.runIds().contains(result.runId())) {
                kept.records.add(result.name()); // also where the clock of the run's machine was behind
            }
            if (kept.records.contains(result.name())) {
                result.artifacts().forEach(artifact -> roots.add(artifact.sha256()));
            }
        }
        for (Storage.Used artifact : graph.artifacts().values()) {
            if (!artifact.used().isBefore(cutoff)) {
                roots.add(artifact.name());
            }
        }
        kept.keepWithLineage(graph, roots);
        Set<String> guards = graph.guards(versions.kept());
        kept.keepWithLineage(graph, guards);
        kept.keepEvidence(graph, versions.all());
        kept.keepRuns(store, graph);
        return kept;
    }

    private void keepLastDatasets(ArtifactStore store, StoreGraph graph) throws IOException {
        String end = "/" + Stage.PREPARE.word();
        for (String name : graph.records().keySet()) {
            if (name.startsWith(LATEST) && name.endsWith(end) && name.length() > LATEST.length() + end.length()) {
                String pipeline = name.substring(LATEST.length(), name.length() - end.length());
                new StageResults(store).last(pipeline, Stage.PREPARE).ifPresent(last -> records.add(last.name()));
            }
        }
    }

    /** Keeps artifacts with everything that they were computed from. */
    void keepWithLineage(StoreGraph graph, Set<String> roots) throws IOException {
        artifacts.addAll(roots);
        for (StoredResult result : graph.lineage(roots).values()) {
            records.add(result.name());
            result.artifacts().forEach(artifact -> artifacts.add(artifact.sha256()));
        }
    }

    /** Keeps what somebody has used since the collection began, with its lineage and its guard. */
    void keepUsed(StoreGraph graph, String digest) throws IOException {
        keepWithLineage(graph, Set.of(digest));
        keepWithLineage(graph, graph.guards(Set.of(digest)));
    }

    private void keepEvidence(StoreGraph graph, Set<String> exports) throws IOException {
        for (StoredResult result : graph.lineage(exports).values()) {
            records.add(result.name());
            if (result.stage().equals(Stage.EVALUATE.word())) {
                result.artifacts().forEach(artifact -> artifacts.add(artifact.sha256()));
            }
            for (String part : List.of("ledger", "lineage")) {
                JsonNode digest = result.result().path(part).path("sha256");
                if (digest.isTextual()) {
                    artifacts.add(digest.asText());
                }
            }
        }
    }

    /** Keeps the pages of the newest runs, and of all runs that published a version. */
    private void keepRuns(ArtifactStore store, StoreGraph graph) throws IOException {
        Map<String, NavigableMap<String, String>> byPipeline = new TreeMap<>();
        for (String name : graph.records().keySet()) {
            if (name.startsWith(RUNS)) {
                byPipeline
                        .computeIfAbsent(name.substring(0, name.lastIndexOf('/')), none -> new TreeMap<>())
                        .put(name, store.record(name).orElse(""));
            }
        }
        for (NavigableMap<String, String> runs : byPipeline.values()) {
            int newer = 0;
            for (Map.Entry<String, String> run : runs.descendingMap().entrySet()) {
                boolean published = versions.all().stream().anyMatch(run.getValue()::contains);
                if (newer++ < TREND || published || records.contains(run.getKey())) {
                    records.add(run.getKey());
                    artifacts.addAll(pages(graph, run.getValue()));
                }
            }
        }
    }

    /** The page of a run; not the export that it names. */
    private Set<String> pages(StoreGraph graph, String run) {
        Set<String> pages = graph.named(run);
        pages.removeAll(versions.all());
        return pages;
    }

    /** Whether an artifact has the digests of a dataset's rows. */
    static boolean isLineage(StoredResult result, String digest) {
        return result.result().path("lineage").path("sha256").asText().equals(digest);
    }

    /** Whether one of a result's artifacts is still in the store. */
    static boolean holdsAny(StoredResult result, Set<String> digests) throws IOException {
        for (ArtifactRef artifact : result.artifacts()) {
            if (digests.contains(artifact.sha256())) {
                return true;
            }
        }
        return false;
    }
}
