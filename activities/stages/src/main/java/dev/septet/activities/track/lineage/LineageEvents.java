package dev.septet.activities.track.lineage;

import dev.septet.activities.track.run.TrackedRun;
import dev.septet.workflows.PipelineReport;
import dev.septet.workflows.Stage;
import dev.septet.workflows.artifact.ArtifactRef;
import dev.septet.workflows.artifact.DatasetRef;
import dev.septet.workflows.artifact.DeploymentRef;
import dev.septet.workflows.track.RunMoment;
import dev.septet.workflows.track.StageSpan;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The events of a run and its stages by OpenLineage's specification. A later state of the run only adds events, and an event
 * is the same in every attempt.
 *
 * @see <a href="https://openlineage.io/spec/2-0-2/OpenLineage.json">OpenLineage.json</a>
 */
final class LineageEvents {
    /** Says who made an event; not an address that is read. */
    private static final String PRODUCER = "https://septet.dev";

    private static final String SCHEMA = "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent";
    private static final String FACETS = "https://openlineage.io/spec/facets/";
    private static final Pattern UUID_TEXT =
            Pattern.compile("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}");

    /** Namespace of what the artifact store has, by digest. */
    private static final String STORE = "septet-store";

    private final TrackedRun run;
    private final String namespace;
    private final List<Map<String, Object>> events = new ArrayList<>();

    private LineageEvents(TrackedRun run, String namespace) {
        this.run = run;
        this.namespace = namespace;
    }

    static List<Map<String, Object>> of(TrackedRun run, String namespace) {
        LineageEvents all = new LineageEvents(run, namespace);
        all.write();
        return List.copyOf(all.events);
    }

    private void write() {
        RunMoment moment = run.moment();
        event("START", moment.startedMillis(), job(null), runFacets(null, null), List.of(), List.of());
        for (StageSpan span : moment.stages()) {
            Stage stage = span.stage();
            event("START", span.startedMillis(), job(stage), runFacets(stage, null), inputs(stage), List.of());
            event(
                    span.failed() ? "FAIL" : "COMPLETE",
                    span.endedMillis(),
                    job(stage),
                    runFacets(stage, span.failed() ? "the stage failed" : null),
                    inputs(stage),
                    span.failed() ? List.of() : outputs(stage));
        }
        Long ended = moment.endedMillis();
        if (ended != null) {
            event(
                    switch (moment.state()) {
                        case FAILED -> "FAIL";
                        case CANCELLED -> "ABORT";
                        case FINISHED, RUNNING -> "COMPLETE";
                    },
                    ended,
                    job(null),
                    runFacets(null, moment.reason()),
                    inputs(Stage.PREPARE),
                    outputs(Stage.DEPLOY));
        }
    }

    private void event(
            String type,
            long millis,
            Map<String, Object> job,
            Map<String, Object> runOf,
            List<Map<String, Object>> inputs,
            List<Map<String, Object>> outputs) {
        Map<String, Object> event = new TreeMap<>();
        event.put("eventType", type);
        event.put("eventTime", Instant.ofEpochMilli(millis).toString());
        event.put("producer", PRODUCER);
        event.put("schemaURL", SCHEMA);
        event.put("job", job);
        event.put("run", runOf);
        event.put("inputs", inputs);
        event.put("outputs", outputs);
        events.add(event);
    }

    private Map<String, Object> job(@Nullable Stage stage) {
        return Map.of(
                "namespace",
                namespace,
                "name",
                stage == null ? run.pipeline() : run.pipeline() + "." + stage.word(),
                "facets",
                Map.of(
                        "jobType",
                        facet(
                                "2-0-4/JobTypeJobFacet",
                                Map.of(
                                        "processingType",
                                        "BATCH",
                                        "integration",
                                        "SEPTET",
                                        "jobType",
                                        stage == null ? "PIPELINE" : "STAGE"))));
    }

    private Map<String, Object> runFacets(@Nullable Stage stage, @Nullable String failure) {
        Map<String, Object> facets = new TreeMap<>();
        if (stage != null) {
            facets.put(
                    "parent",
                    facet(
                            "1-2-0/ParentRunFacet",
                            Map.of(
                                    "run",
                                    Map.of("runId", id(null)),
                                    "job",
                                    Map.of("namespace", namespace, "name", run.pipeline()))));
        }
        facets.put(
                "nominalTime",
                facet(
                        "1-0-1/NominalTimeRunFacet",
                        Map.of(
                                "nominalStartTime",
                                Instant.ofEpochMilli(run.moment().startedMillis())
                                        .toString())));
        if (failure != null) {
            facets.put(
                    "errorMessage",
                    facet("1-0-1/ErrorMessageRunFacet", Map.of("message", failure, "programmingLanguage", "Java")));
        }
        return Map.of("runId", id(stage), "facets", facets);
    }

    /** Temporal's run id, which is a UUID; that of a stage is derived from it. */
    private String id(@Nullable Stage stage) {
        if (stage == null && UUID_TEXT.matcher(run.runId()).matches()) {
            return run.runId();
        }
        String name = stage == null ? run.runId() : run.runId() + "/" + stage.word();
        return UUID.nameUUIDFromBytes(name.getBytes(StandardCharsets.UTF_8)).toString();
    }

    private List<Map<String, Object>> inputs(Stage stage) {
        PipelineReport results = run.results();
        List<Map<String, Object>> all = new ArrayList<>();
        switch (stage) {
            case PREPARE -> run.sources().forEach(source -> all.add(dataset(namespace, source, Map.of(), null)));
            case SETUP, TRAIN -> {
                add(all, results.dataset());
                add(all, results.model() == null ? null : results.model().artifact(), null);
            }
            case EVALUATE -> {
                add(all, results.dataset());
                add(
                        all,
                        results.checkpoint() == null
                                ? null
                                : results.checkpoint().artifact(),
                        null);
            }
            case DEPLOY -> {
                add(all, results.model() == null ? null : results.model().artifact(), null);
                add(
                        all,
                        results.checkpoint() == null
                                ? null
                                : results.checkpoint().artifact(),
                        null);
            }
            case INITIALIZE, MONITOR -> {}
        }
        return all;
    }

    private List<Map<String, Object>> outputs(Stage stage) {
        PipelineReport results = run.results();
        List<Map<String, Object>> all = new ArrayList<>();
        switch (stage) {
            case PREPARE -> {
                DatasetRef made = results.dataset();
                if (made != null) {
                    add(all, made.artifact(), made.trainRows() + made.validationRows() + made.testRows());
                }
            }
            case INITIALIZE ->
                add(all, results.model() == null ? null : results.model().artifact(), null);
            case TRAIN ->
                add(
                        all,
                        results.checkpoint() == null
                                ? null
                                : results.checkpoint().artifact(),
                        null);
            case EVALUATE ->
                add(
                        all,
                        results.evaluation() == null
                                ? null
                                : results.evaluation().artifact(),
                        null);
            case DEPLOY -> {
                DeploymentRef deployment = results.deployment();
                add(all, deployment == null ? null : deployment.artifact(), null);
                if (deployment != null) {
                    deployment
                            .published()
                            .forEach(target -> all.add(dataset(
                                    "septet-" + target.type(),
                                    target.location().replaceAll("//[^/@]*@", "//"),
                                    version(deployment.artifact().sha256()),
                                    null)));
                }
            }
            case SETUP, MONITOR -> {}
        }
        return all;
    }

    private static void add(List<Map<String, Object>> all, @Nullable DatasetRef prepared) {
        add(all, prepared == null ? null : prepared.artifact(), null);
    }

    /** Adds an artifact, with statistics if it is an output of which the number of rows is known. */
    private static void add(List<Map<String, Object>> all, @Nullable ArtifactRef artifact, @Nullable Long rows) {
        if (artifact != null) {
            Map<String, Object> statistics = new TreeMap<>();
            statistics.put("size", artifact.sizeBytes());
            if (rows != null) {
                statistics.put("rowCount", rows);
            }
            all.add(dataset(
                    STORE,
                    "artifacts/" + artifact.sha256(),
                    version(artifact.sha256()),
                    rows == null ? null : statistics));
        }
    }

    private static Map<String, Object> version(String digest) {
        return Map.of("version", facet("1-0-1/DatasetVersionDatasetFacet", Map.of("datasetVersion", digest)));
    }

    private static Map<String, Object> dataset(
            String namespace, String name, Map<String, Object> facets, @Nullable Map<String, Object> statistics) {
        Map<String, Object> dataset = new TreeMap<>();
        dataset.put("namespace", namespace);
        dataset.put("name", name);
        dataset.put("facets", facets);
        if (statistics != null) {
            dataset.put(
                    "outputFacets",
                    Map.of("outputStatistics", facet("1-0-2/OutputStatisticsOutputDatasetFacet", statistics)));
        }
        return dataset;
    }

    private static Map<String, Object> facet(String schema, Map<String, Object> content) {
        Map<String, Object> facet = new TreeMap<>(content);
        facet.put("_producer", PRODUCER);
        facet.put("_schemaURL", FACETS + schema + ".json#/$defs/" + schema.substring(schema.indexOf('/') + 1));
        return facet;
    }
}
