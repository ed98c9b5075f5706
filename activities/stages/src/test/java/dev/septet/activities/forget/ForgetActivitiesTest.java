package dev.septet.activities.forget;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.septet.activities.dataset.PreparedRows;
import dev.septet.activities.dataset.RowPlace;
import dev.septet.activities.lineage.DatasetReaders;
import dev.septet.activities.lineage.ForgottenRows;
import dev.septet.activities.lineage.LineageFile;
import dev.septet.activities.lineage.RowDigests;
import dev.septet.activities.lineage.RowOrigin;
import dev.septet.activities.lineage.RowQuery;
import dev.septet.activities.lineage.Trace;
import dev.septet.activities.result.StageKey;
import dev.septet.activities.result.StageResults;
import dev.septet.activities.serving.Routes;
import dev.septet.activities.serving.Variant;
import dev.septet.activities.store.Fence;
import dev.septet.activities.store.LocalStore;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.workflows.RunRef;
import dev.septet.workflows.Stage;
import dev.septet.workflows.artifact.ArtifactRef;
import dev.septet.workflows.artifact.ChainReport;
import dev.septet.workflows.artifact.CheckpointRef;
import dev.septet.workflows.artifact.DatasetRef;
import dev.septet.workflows.artifact.EvaluationReport;
import dev.septet.workflows.artifact.ExportRef;
import dev.septet.workflows.artifact.Origin;
import dev.septet.workflows.artifact.Verdict;
import dev.septet.workflows.forget.ErasurePlan;
import dev.septet.workflows.forget.ErasureReport;
import dev.septet.workflows.forget.ErasureRequest;
import dev.septet.workflows.forget.ForgetActivities;
import dev.septet.workflows.forget.PublishedVersionActivities;
import dev.septet.workflows.forget.RemovalRequest;
import io.temporal.activity.ActivityOptions;
import io.temporal.testing.TestActivityEnvironment;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The erasure of a row in a store that has two pipelines with it, and one without it. */
@Tag("long")
class ForgetActivitiesTest {
    private static final Fence FENCE = new Fence("run", 1);
    private static final Origin ORIGIN = new Origin("", null, "");
    private static final String ANNA = "{\"prompt\":\"who\",\"completion\":\"Anna\"}";
    private static final String BEN = "{\"prompt\":\"who\",\"completion\":\"Ben\"}";

    @TempDir
    Path folder;

    private final TestActivityEnvironment temporal = TestActivityEnvironment.newInstance();
    private int reviewed = 7;
    private boolean contents;
    private final Map<String, ArtifactRef> made = new LinkedHashMap<>();
    private LocalStore store = new LocalStore(Path.of("unused"));
    private ErasureRequest request = new ErasureRequest(new RunRef("people", "forget-1", "", ""), "");

    @BeforeEach
    void fill() throws IOException {
        store = new LocalStore(folder.resolve("store"));
        temporal.registerActivitiesImplementations(new ForgetActivitiesImpl(store, Map.of()));
        run("people", "run-1", List.of(ANNA, BEN));
        run("others", "run-2", List.of(BEN));
        Set<String> rows = Set.of(digests().of(SpecJson.mapper().readTree(ANNA)));
        ErasureOrder order = ErasureOrder.of("people", rows, Map.of());
        order.write(store);
        request = new ErasureRequest(request.run(), order.id());
    }

    @AfterEach
    void close() {
        temporal.close();
    }

    private RowDigests digests() throws IOException {
        return RowDigests.of(store, FENCE);
    }

    /** A run that prepared rows, trained, evaluated, exported and published. */
    private void run(String pipeline, String run, List<String> rows) throws IOException {
        ArtifactRef dataset = prepared(pipeline, run, rows);
        DatasetReaders.add(store, dataset.sha256(), run, pipeline, FENCE);
        RunRef ref = new RunRef(pipeline, run, "", "");
        StageResults results = new StageResults(store);
        ArtifactRef model = put(run + " model");
        results.commit(
                ref,
                StageKey.of(Stage.TRAIN).with("training data", dataset).with("base model", put("base")),
                "",
                FENCE,
                new CheckpointRef(model, true, put(run + " ledger"), 1, 1, null, "", ORIGIN));
        ArtifactRef report = put(run + " report");
        results.commit(
                ref,
                StageKey.of(Stage.EVALUATE).with("trained model", model).with("prepared data", dataset),
                "",
                FENCE,
                new EvaluationReport(Verdict.GO, List.of(), report, ORIGIN));
        publish(pipeline, run, model);
        store.checkpoints().commit(run + "/train", 5, to -> Files.writeString(to.resolve("state"), run), FENCE);
        store.checkpoints().commit(run + "/trial-2", 5, to -> Files.writeString(to.resolve("state"), run), FENCE);
        store.putRecord("predictions/" + run + "/0", "[\"" + run + "\"]", FENCE);
        store.putRecord("vectors/" + run, "[\"AACAPw==\"]", FENCE);
        store.putRecord("answers/ab/" + run, "{\"text\":\"" + run + "\"}", FENCE);
    }

    private ArtifactRef prepared(String pipeline, String run, List<String> rows) throws IOException {
        Path lineage = Files.createDirectories(folder.resolve("lineage-" + run));
        try (LineageFile.Writer writer = new LineageFile.Writer(lineage, digests())) {
            for (String row : rows) {
                JsonNode record = SpecJson.mapper().readTree(row);
                String line = contents ? prepared(record, run) : row;
                String content =
                        contents ? digests().content(PreparedRows.parse(line).row()) : null;
                RowOrigin origin =
                        new RowOrigin(new RowPlace("rows.jsonl", 1), digests().of(record), content);
                writer.add("train", 1, List.of(origin), line);
            }
        }
        ArtifactRef dataset = put(run + " dataset");
        made.put(run + " lineage", store.put(lineage, FENCE));
        RunRef ref = new RunRef(pipeline, run, "", "");
        StageResults results = new StageResults(store);
        results.commit(
                ref,
                StageKey.of(Stage.PREPARE).with("dataset", run),
                "",
                FENCE,
                new DatasetRef(
                        dataset,
                        2,
                        0,
                        0,
                        0,
                        0,
                        null,
                        0,
                        0,
                        0,
                        0,
                        reviewed,
                        0,
                        0,
                        Map.of(),
                        Objects.requireNonNull(made.get(run + " lineage")),
                        0,
                        ORIGIN));
        return dataset;
    }

    /** The prepared row, without further columns. */
    private static String prepared(JsonNode record, String run) {
        return SpecJson.mapper()
                .createObjectNode()
                .put("prompt", record.path("prompt").asText())
                .put("completion", record.path("completion").asText())
                .put("source", "rows-of-" + run + ".jsonl:1")
                .toString();
    }

    /** Rows with equal texts in other records are erased too, and nothing is concluded from them. */
    @Test
    void findsRowsWhoseRecordsChangedByTheirTexts() throws IOException {
        contents = true;
        String changed = "{\"prompt\":\"who\",\"completion\":\"Anna\",\"column\":1}";
        String other = "{\"prompt\":\"who\",\"completion\":\"Cem\",\"column\":1}";
        run("people", "run-8", List.of(changed, other));
        String chosen = digests().of(SpecJson.mapper().readTree(changed));
        ErasureOrder order = ErasureOrder.of("people", Set.of(chosen), Map.of());
        order.write(store);
        run("others", "run-9", List.of(ANNA));

        Trace trace = Trace.of(store, Map.of(), order.query());

        assertThat(trace.datasets()).extracting(each -> each.run()).containsExactlyInAnyOrder("run-8", "run-9");
        assertThat(trace.datasets()).extracting(each -> each.similar()).containsExactlyInAnyOrder(0L, 1L);
        Erasure erasure = Erasure.of(store, Map.of(), order);
        assertThat(erasure.exclusions().get("others"))
                .as("the record of another")
                .isEmpty();
        assertThat(erasure.byContent()).as("one text in each pipeline").isEqualTo(2);
        assertThat(erasure.recordsOnly()).isZero();
        request = new ErasureRequest(request.run(), order.id());
        assertThat(activities().plan(request).byContent()).isEqualTo(2);
        activities().exclude(request);
        ForgottenRows list = ForgottenRows.of(store, "others");
        assertThat(list.digests()).isEmpty();
        assertThat(list.contents())
                .containsExactlyElementsOf(ForgottenRows.of(store, "people").contents());
        assertThat(store.record("forgotten/people").orElseThrow().lines()).anyMatch(chosen::equals);
    }

    /** `resume --from train` replaces the record of the earlier model, which saw the row too. */
    @Test
    void deletesModelsWhoseRecordWasReplaced() throws IOException {
        ArtifactRef dataset = Objects.requireNonNull(made.get("run-1 dataset"));
        StageKey key = StageKey.of(Stage.TRAIN).with("training data", dataset).with("base model", put("base"));
        RunRef ref = new RunRef("people", "run-1b", "", "");
        new StageResults(store)
                .commit(
                        ref,
                        key,
                        "",
                        FENCE,
                        new CheckpointRef(put("run-1b model"), true, put("run-1b ledger"), 1, 1, null, "", ORIGIN));

        Trace trace = Trace.of(
                store,
                Map.of(),
                RowQuery.of(Set.of(digests().of(SpecJson.mapper().readTree(ANNA)))));

        assertThat(trace.models()).extracting(each -> each.run()).containsExactlyInAnyOrder("run-1", "run-1b");
        assertThat(trace.versions()).as("the export of the replaced model").hasSize(1);
        var unused = activities().plan(request);
        publish("people", "run-3", put("run-3 model"));
        assertThat(activities().erase(request, List.of("run-3"), List.of()).artifacts())
                .isEqualTo(8);
        assertThat(left()).noneMatch(name -> name.startsWith("run-1"));
    }

    /** A version whose run had the rows, without a result's record: an earlier version of Septet did not keep it. */
    @Test
    void deletesPublishedVersionsOfRunsThatHadTheRows() throws IOException {
        ArtifactRef dataset = Objects.requireNonNull(made.get("run-1 dataset"));
        DatasetReaders.add(store, dataset.sha256(), "run-1c", "people", FENCE);
        ArtifactRef export = put("run-1c export");
        new Routes(store).publish("people", new Variant("c", export, null, "run-1c"), FENCE);

        assertThat(Erasure.of(store, Map.of(), ErasureOrder.read(store, "people", request.order()))
                        .artifacts())
                .contains(export);
    }

    private void publish(String pipeline, String run, ArtifactRef model) throws IOException {
        ArtifactRef export = put(run + " export");
        new StageResults(store)
                .commit(
                        new RunRef(pipeline, run, "", ""),
                        StageKey.of(Stage.DEPLOY).with("trained model", model),
                        "",
                        FENCE,
                        new ExportRef(export, 0, null, ChainReport.EMPTY, ORIGIN));
        new Routes(store).publish(pipeline, new Variant(export.sha256().substring(0, 12), export, null, run), FENCE);
    }

    private ArtifactRef put(String content) throws IOException {
        Path file = Files.writeString(folder.resolve("file"), content);
        ArtifactRef ref = store.put(Map.of("file", file), FENCE);
        made.put(content, ref);
        return ref;
    }

    private ForgetActivities activities() {
        return temporal.newActivityStub(
                ForgetActivities.class,
                ActivityOptions.newBuilder()
                        .setStartToCloseTimeout(Duration.ofMinutes(1))
                        .build());
    }

    private List<String> removed(String pipeline) {
        return temporal.newActivityStub(
                        PublishedVersionActivities.class,
                        ActivityOptions.newBuilder()
                                .setStartToCloseTimeout(Duration.ofMinutes(1))
                                .build())
                .removeVersions(new RemovalRequest(request.run(), "people", request.order(), pipeline));
    }

    private List<String> left() throws IOException {
        List<String> left = new ArrayList<>();
        for (Map.Entry<String, ArtifactRef> each : made.entrySet()) {
            if (store.holds(each.getValue())) {
                left.add(each.getKey());
            }
        }
        return left;
    }

    /** As {@code septet rollback --to}, which the message of the workflow names. */
    @Test
    void aRouteThatIsMovedToAVersionWithoutTheRowsServesNoOldVersion() throws IOException {
        publish("people", "run-3", put("run-3 model"));
        assertThat(activities().stillServed(request)).isEmpty();
        move("people", "run-1 export");
        assertThat(activities().stillServed(request)).singleElement().asString().contains("of people serves");
        move("people", "run-3 export");
        assertThat(activities().stillServed(request)).isEmpty();
    }

    private void move(String pipeline, String export) throws IOException {
        Routes routes = new Routes(store);
        String sha256 = Objects.requireNonNull(made.get(export)).sha256();
        var unused = routes.force(pipeline, routes.known(pipeline, sha256), FENCE);
    }

    @Test
    void deletesWhatWasMadeOfTheRowAndNothingElse() throws IOException {
        ErasurePlan plan = activities().plan(request);
        assertThat(plan.retrain()).containsExactly(new ErasurePlan.Retrained("people", 7));
        assertThat(plan.pipelines()).containsExactly("people");
        activities().exclude(request);
        assertThat(ForgottenRows.of(store, "people").digests()).hasSize(1);
        assertThat(ForgottenRows.of(store, "others").digests()).isEmpty();

        assertThat(activities().stillServed(request)).singleElement().asString().contains("of people serves");
        publish("people", "run-3", put("run-3 model"));
        assertThat(activities().stillServed(request)).isEmpty();
        assertThat(removed("people")).isEmpty();

        ErasureReport report = activities().erase(request, List.of("run-3"), List.of("a copy"));

        assertThat(left())
                .containsExactlyInAnyOrder(
                        "run-2 lineage",
                        "run-2 dataset",
                        "run-2 model",
                        "run-2 ledger",
                        "run-2 report",
                        "run-2 export",
                        "base",
                        "run-3 model",
                        "run-3 export");
        assertThat(report.artifacts()).isEqualTo(6);
        assertThat(report.datasets()).isEqualTo(1);
        assertThat(report.versions()).hasSize(1);
        assertThat(report.left()).contains("a copy");
        assertThat(report.checkpoints()).as("also those of trials").isEqualTo(2);
        assertThat(store.checkpoints().scopes("run-1/")).isEmpty();
        assertThat(store.checkpoints().newestValid("run-1/train").checkpoint()).isEmpty();
        assertThat(store.checkpoints().newestValid("run-2/train").checkpoint()).isPresent();
        assertThat(store.record("predictions/run-1/0")).contains("");
        assertThat(store.record("vectors/run-1")).contains("");
        assertThat(store.record("answers/ab/run-1"))
                .as("answers to requests that may quote the row")
                .contains("");
        assertThat(Trace.of(
                                store,
                                Map.of(),
                                RowQuery.of(ForgottenRows.of(store, "people").digests()))
                        .isEmpty())
                .isTrue();
        assertThat(ErasureOrder.all(store, "people"))
                .singleElement()
                .satisfies(order -> assertThat(order.report()).isEqualTo(report));
    }

    /** Killed anywhere, the next attempt finds the rest by the recorded plan and ends the same. */
    @Test
    void anInterruptedDeletionIsCompleted() throws IOException {
        var unused = activities().plan(request);
        publish("people", "run-3", put("run-3 model"));
        for (String gone : List.of("run-1 lineage", "run-1 dataset", "run-1 model")) {
            store.remove(Objects.requireNonNull(made.get(gone)), FENCE);
        }

        ErasureReport first = activities().erase(request, List.of("run-3"), List.of());
        ErasureReport again = activities().erase(request, List.of("run-3"), List.of());

        assertThat(again).isEqualTo(first);
        assertThat(first.artifacts()).isEqualTo(6);
        assertThat(left()).noneMatch(name -> name.startsWith("run-1"));
    }

    /** Rows that were cleaned part by part are cached without a lineage. */
    @Test
    void deletesCachedShards() throws IOException {
        new StageResults(store)
                .commit(
                        request.run(),
                        StageKey.of(Stage.PREPARE).with("dataset", "part").with("shard", "of any dataset"),
                        "shard-0",
                        FENCE,
                        Map.of("artifact", put("a shard"), "rows", 3));
        assertThat(Trace.of(store, Map.of(), RowQuery.of(Set.of())).untraced()).isEmpty();
        var unused = activities().plan(request);
        var report = activities().erase(request, List.of(), List.of());
        assertThat(report.artifacts()).isEqualTo(7);
        assertThat(left()).doesNotContain("a shard");
    }

    @Test
    void deletesNothingWhenAnotherPipelineHasGotTheRows() throws IOException {
        var unused = activities().plan(request);
        run("third", "run-4", List.of(ANNA));

        assertThatThrownBy(() -> activities().erase(request, List.of(), List.of()))
                .hasStackTraceContaining("the rows have just come to third; start `septet data forget` again");
        assertThat(left()).contains("run-1 dataset", "run-4 dataset");

        ErasurePlan again = activities().plan(request);
        assertThat(again.pipelines()).containsExactly("people", "third");
        assertThat(again.excluded()).isEqualTo(2);
        assertThat(again.retrain()).extracting(each -> each.pipeline()).containsExactly("people", "third");
    }

    /** A pipeline that was renamed needs no new model, and the present champion's reviewed rows are kept. */
    @Test
    void trainsOnlyWhatServesAndLosesNoReviewedRows() throws IOException {
        run("others", "run-5", List.of(ANNA)); // serves, and run-2 does not any more
        publish("others", "run-6", put("run-6 model"));
        reviewed = 11;
        ArtifactRef newer = prepared("people", "run-7", List.of(BEN));
        DatasetReaders.add(store, newer.sha256(), "run-7", "people", FENCE);
        new Routes(store)
                .challenge(
                        "people", new Variant("trial", put("run-7 export"), null, "run-7"), 0.5, new Fence("run-7", 1));

        ErasurePlan plan = activities().plan(request);

        assertThat(plan.pipelines()).containsExactly("others", "people");
        assertThat(plan.retrain()).containsExactly(new ErasurePlan.Retrained("people", 11));
    }

    @Test
    void saysWhichPublishedVersionsItCannotSee() throws IOException {
        var unused = activities().plan(request);
        store.putRecord("aliases/people", """
            {"targets":[{"type":"folder","folder":"/not/on/this/machine"}],"moves":[]}\
            """, FENCE);
        assertThat(removed("people"))
                .singleElement()
                .asString()
                .contains("of people in /not/on/this/machine", "this one does not have it");
        assertThat(activities().plan(request).published()).containsExactly("people");
    }

    @Test
    void erasesOnlyWhatAnOrderInTheStoreNames() {
        ErasureRequest unknown = new ErasureRequest(request.run(), "0123456789ab");
        assertThatThrownBy(() -> activities().plan(unknown))
                .hasStackTraceContaining("there is no order to forget rows of 'people' in the store");
    }
}
