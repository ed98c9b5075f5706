package dev.septet.activities.prepare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.septet.activities.basemodel.BaseModelFiles;
import dev.septet.activities.endpoint.FakeService;
import dev.septet.activities.files.ActivitySettings;
import dev.septet.activities.files.PipelineFiles;
import dev.septet.activities.lineage.ForgottenRows;
import dev.septet.activities.lineage.LineageFile;
import dev.septet.activities.lineage.LineageRow;
import dev.septet.activities.lineage.RowDigests;
import dev.septet.activities.store.Fence;
import dev.septet.activities.store.LocalStore;
import dev.septet.activities.train.EnginePlan;
import dev.septet.dsl.pipeline.InitializeSpec;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.dsl.pipeline.prepare.CleaningSpec;
import dev.septet.dsl.pipeline.prepare.DatasetFormat;
import dev.septet.dsl.pipeline.prepare.PrepareSpec;
import dev.septet.dsl.pipeline.prepare.PrepareSpec.LongRows;
import dev.septet.dsl.pipeline.prepare.SplitSpec;
import dev.septet.llm.train.data.EpochSize;
import dev.septet.llm.train.data.TokenDataset;
import dev.septet.workflows.RunRef;
import dev.septet.workflows.artifact.DatasetRef;
import dev.septet.workflows.prepare.PrepareActivities;
import dev.septet.workflows.prepare.PrepareRequest;
import dev.septet.workflows.retrain.Retraining;
import dev.septet.workflows.retrain.Trigger;
import io.temporal.failure.ActivityFailure;
import io.temporal.failure.ApplicationFailure;
import io.temporal.testing.TestActivityEnvironment;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The activity as Temporal calls it. */
class PrepareActivitiesImplTest {
    private static final String[] REVIEWED = {
        "{\"messages\":[{\"role\":\"user\",\"content\":\"100 + 1 = \"},"
                + "{\"role\":\"assistant\",\"content\":\"101\"}],\"review\":{\"by\":\"Anna\"}}",
        "{\"messages\":[{\"role\":\"user\",\"content\":\"200 + 1 = \"},"
                + "{\"role\":\"assistant\",\"content\":\"201\"}],\"review\":{\"by\":\"Ben\"}}",
        "{\"messages\":[{\"role\":\"user\",\"content\":\"300 + 1 = \"},"
                + "{\"role\":\"assistant\",\"content\":\"301\"}],\"review\":{\"by\":\"Cem\"}}"
    };

    @TempDir
    Path root;

    private int present = REVIEWED.length;

    /** Of the worker. */
    private final Map<String, String> environment = new HashMap<>(System.getenv());

    private final TestActivityEnvironment temporal = TestActivityEnvironment.newInstance();

    @BeforeEach
    void register() throws IOException {
        Files.createDirectories(pipeline());
        List<String> rows = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            rows.add(String.format(Locale.ROOT, "{\"prompt\":\"%d + 1 = \",\"completion\":\"%d\"}", i, i + 1));
        }
        Files.write(pipeline().resolve("rows.jsonl"), rows);
        PipelineFiles files =
                new PipelineFiles(new ActivitySettings(root.resolve("store"), List.of(), List.of(TinyModels.chat())));
        temporal.registerActivitiesImplementations(new PrepareActivitiesImpl(
                new LocalStore(root.resolve("store")),
                files,
                BaseModelFiles.ofProcess(files),
                (pipeline, count) -> List.of(REVIEWED).subList(0, count < 0 ? present : (int) count),
                environment));
    }

    @AfterEach
    void close() {
        temporal.close();
    }

    private Path pipeline() {
        return root.resolve("pipeline");
    }

    private DatasetRef prepare(String dataset, String runId) {
        return prepare(dataset, runId, null);
    }

    private DatasetRef prepare(@Nullable String dataset, String runId, @Nullable DatasetRef rows) {
        return prepare(dataset, runId, rows, null);
    }

    private DatasetRef retrain(String dataset, String runId, Retraining retraining) {
        return prepare(dataset, runId, null, retraining);
    }

    private DatasetRef prepare(
            @Nullable String dataset, String runId, @Nullable DatasetRef rows, @Nullable Retraining retraining) {
        return prepare(dataset, runId, rows, retraining, null);
    }

    private DatasetRef prepare(
            @Nullable String dataset,
            String runId,
            @Nullable DatasetRef rows,
            @Nullable Retraining retraining,
            @Nullable String general) {
        return prepare(dataset, runId, rows, retraining, general, null);
    }

    private DatasetRef prepare(
            @Nullable String dataset,
            String runId,
            @Nullable DatasetRef rows,
            @Nullable Retraining retraining,
            @Nullable String general,
            PrepareSpec.@Nullable LongRows longer) {
        return temporal.newActivityStub(PrepareActivities.class)
                .prepare(new PrepareRequest(
                        new RunRef("test", runId, pipeline().toString(), "0".repeat(64)),
                        new PrepareSpec(
                                dataset,
                                dataset == null ? "numbers" : null,
                                DatasetFormat.AUTO,
                                0,
                                List.of(),
                                true,
                                null,
                                SplitSpec.DEFAULT,
                                64,
                                longer,
                                PrepareSpec.DEFAULT_POLICY),
                        new InitializeSpec(
                                TinyModels.chat().toString(), null, null, null, InitializeSpec.DEFAULT_POLICY),
                        rows,
                        retraining,
                        general,
                        null));
    }

    private DatasetRef generated(String pipeline, String runId) {
        return temporal.newActivityStub(PrepareActivities.class)
                .prepare(new PrepareRequest(
                        new RunRef(pipeline, runId, pipeline().toString(), "0".repeat(64)),
                        SourceRun.spec("dataset 'rows.jsonl'\nmaxTokens 64\ngenerate paraphrases {"
                                + " by openai(endpoint: 'service', model: 'small'); budget tokens: 1.million }"),
                        new InitializeSpec(
                                TinyModels.chat().toString(), null, null, null, InitializeSpec.DEFAULT_POLICY),
                        null,
                        null,
                        null,
                        null));
    }

    @Test
    void aStoredDatasetNeedsNoEndpoint() throws IOException {
        try (FakeService service = new FakeService(
                body -> "What is " + Math.floorMod(body.toString().hashCode(), 1_000_000) + "?")) {
            service.endpoints(root, false);
            Path operator = root.resolve("trainers.yaml");
            environment.put("SEPTET_TRAINERS", operator.toString());
            environment.put("SERVICE_KEY", FakeService.KEY);
            DatasetRef first = generated("test", "run-1");
            Files.writeString(operator, Files.readString(operator).replace("service:", "another:"));
            assertThat(generated("test", "run-2").artifact()).isEqualTo(first.artifact());
            assertThatThrownBy(() -> generated("new", "run-3"))
                    .as("before its data is read")
                    .hasStackTraceContaining("has no endpoint 'service'");
            Files.writeString(pipeline().resolve("rows.jsonl"), "{\"prompt\":\"x\",\"completion\":\"y\"}\n");
            assertThatThrownBy(() -> generated("test", "run-4")).hasStackTraceContaining("has no endpoint 'service'");
            Files.delete(pipeline().resolve("rows.jsonl"));
            assertThatThrownBy(() -> generated("new", "run-5")).hasStackTraceContaining("has no endpoint 'service'");
        }
    }

    @Test
    void laysAGeneralSetBesideTheSplits() throws IOException {
        Path general = pipeline().resolve("general.jsonl");
        Files.writeString(general, """
            {"prompt":"The opposite of hot is ","completion":"cold"}
            {"prompt":"The opposite of early is ","completion":"late"}
            """);
        DatasetRef bare = prepare("rows.jsonl", "run-1");
        DatasetRef dataset = prepare("rows.jsonl", "run-2", null, null, "general.jsonl");
        assertThat(dataset.origin().why()).contains("general set");
        assertThat(dataset.trainRows()).isEqualTo(bare.trainRows());
        Path folder = new LocalStore(root.resolve("store")).fetch(dataset.artifact());
        TokenDataset replayed = TokenDataset.open(folder.resolve("general.safetensors"));
        assertThat(replayed.rows()).isEqualTo(2);
        TokenDataset train = TokenDataset.open(folder.resolve("train.safetensors"));
        assertThat(EnginePlan.epoch(dataset))
                .as("what steps are counted by before there are files")
                .isEqualTo(EpochSize.of(train, Optional.of(replayed)));
        assertThat(EnginePlan.epoch(bare)).isEqualTo(EpochSize.of(train, Optional.empty()));
        assertThat(Files.readString(folder.resolve("card.json"))).contains("\"general\"", "general.jsonl");
        assertThat(prepare("rows.jsonl", "run-3", null, null, "general.jsonl").artifact())
                .isEqualTo(dataset.artifact());

        Files.writeString(general, "{\"prompt\":\"x\",\"completion\":\"y\"}\n{\"prompt\":\"x\"}\n");
        assertThatThrownBy(() -> prepare("rows.jsonl", "run-4", null, null, "general.jsonl"))
                .hasStackTraceContaining("general set: general.jsonl:2: ")
                .hasStackTraceContaining("; correct or remove the row");
    }

    @Test
    void takesTheRowsThatAnotherPipelinePrepared() throws IOException {
        DatasetRef source = prepare("rows.jsonl", "run-1/rows-of-numbers");

        DatasetRef dataset = prepare(null, "run-1", source);

        assertThat(dataset.trainRows()).isEqualTo(36);
        assertThat(dataset.origin().reusedFrom()).isNull();
        LocalStore store = new LocalStore(root.resolve("store"));
        String line = Files.readAllLines(store.fetch(dataset.artifact()).resolve("test.jsonl"))
                .get(0);
        assertThat(line).contains("\"source\":\"the rows of pipeline numbers:");
        assertThat(Files.readString(store.fetch(dataset.artifact()).resolve("card.json")))
                .contains("the rows of pipeline numbers");
        assertThat(tests(store, dataset)).as("the same rows are for testing").isEqualTo(tests(store, source));
        assertThat(prepare(null, "run-2", source).origin().reusedFrom()).isEqualTo("run-1");
        assertThatThrownBy(() -> prepare(null, "run-3", null))
                .hasStackTraceContaining("prepare: the rows of pipeline numbers are not in the request");
    }

    /** The pipeline's own suite is always among the test files, and their contents are part of the key. */
    @Test
    void removesTheRowsOfTestFilesAndPreparesAgainWhenOneChanges() throws IOException {
        String first = "{\"prompt\":\"where is the harbour\",\"completion\":\"1\"}\n";
        String second = "{\"prompt\":\"when do the boats leave\",\"completion\":\"2\"}\n";
        Files.writeString(
                pipeline().resolve("more.jsonl"),
                first + second + Files.readString(pipeline().resolve("rows.jsonl")));
        Files.createDirectories(pipeline().resolve("tests"));
        Files.writeString(pipeline().resolve("tests/a.jsonl"), first);
        Files.writeString(pipeline().resolve("suite.jsonl"), second);
        DatasetRef dataset = decontaminated("run-1");
        assertThat(dataset.removedRows()).containsExactly(Map.entry("also in a test", 2L));
        assertThat(decontaminated("run-2").origin().reusedFrom()).isEqualTo("run-1");
        Files.writeString(pipeline().resolve("suite.jsonl"), first);
        DatasetRef changed = decontaminated("run-3");
        assertThat(changed.removedRows()).containsExactly(Map.entry("also in a test", 1L));
        assertThat(changed.origin().why()).contains("test files changed");
        Files.writeString(pipeline().resolve("suite.jsonl"), "");
        assertThatThrownBy(() -> decontaminated("run-4")).hasStackTraceContaining("suite.jsonl has no rows");
    }

    private DatasetRef decontaminated(String runId) {
        CleaningSpec cleaning = new CleaningSpec(
                null, new CleaningSpec.Decontamination(List.of("tests/*.jsonl"), 13), null, null, null);
        PrepareSpec spec = new PrepareSpec(
                        "more.jsonl",
                        null,
                        DatasetFormat.AUTO,
                        0,
                        List.of(),
                        true,
                        null,
                        SplitSpec.DEFAULT,
                        64,
                        PrepareSpec.DEFAULT_POLICY)
                .with(cleaning);
        return temporal.newActivityStub(PrepareActivities.class)
                .prepare(new PrepareRequest(
                        new RunRef("test", runId, pipeline().toString(), "0".repeat(64)),
                        spec,
                        new InitializeSpec(
                                TinyModels.chat().toString(), null, null, null, InitializeSpec.DEFAULT_POLICY),
                        null,
                        null,
                        null,
                        null,
                        List.of(),
                        List.of("suite.jsonl")));
    }

    /** A general set keeps all its rows whole, whatever becomes of the others. */
    @Test
    void tellsHowManyLongRowsWereDroppedOrCut() throws IOException {
        String line = "{\"prompt\":\"1 2 3\",\"completion\":\"%s\"}\n".formatted("4 ".repeat(90));
        Files.writeString(
                pipeline().resolve("long.jsonl"),
                line + Files.readString(pipeline().resolve("rows.jsonl")));
        DatasetRef dropped = prepare("long.jsonl", "run-1", null, null, null, LongRows.DROP);
        assertThat(dropped.droppedLongRows()).isEqualTo(1);
        assertThat(dropped.truncatedRows()).isZero();
        DatasetRef cut = prepare("long.jsonl", "run-2", null, null, null, LongRows.TRUNCATE);
        assertThat(cut.origin().why()).isEqualTo("because `longer` in the words of prepare changed since run run-1");
        assertThat(cut.droppedLongRows()).isZero();
        assertThat(cut.truncatedRows()).isEqualTo(1);
        assertThat(cut.longestRow()).isEqualTo(64);
        LocalStore store = new LocalStore(root.resolve("store"));
        assertThat(DatasetCard.cutAfter(store.fetch(cut.artifact()))).hasValue(64);
        assertThat(DatasetCard.cutAfter(store.fetch(dropped.artifact()))).isEmpty();
        assertThatThrownBy(() -> prepare("long.jsonl", "run-3"))
                .hasStackTraceContaining("long.jsonl:1: has ")
                .hasStackTraceContaining("tokens, more than maxTokens 64")
                .hasStackTraceContaining("`maxTokens 64, longer: drop`");

        Files.writeString(pipeline().resolve("general.jsonl"), line);
        for (LongRows longer : LongRows.values()) {
            assertThatThrownBy(() -> prepare("rows.jsonl", "run-4", null, null, "general.jsonl", longer))
                    .hasStackTraceContaining("general.jsonl:1: has ")
                    .hasStackTraceContaining("more than maxTokens 64; correct or remove the row");
        }
    }

    private static List<String> tests(LocalStore store, DatasetRef dataset) throws IOException {
        return Files.readAllLines(store.fetch(dataset.artifact()).resolve("test.jsonl")).stream()
                .map(line -> line.replaceFirst(",\"source\".*", ""))
                .sorted()
                .toList();
    }

    @Test
    void learnsReviewedRowsAndAllThatTheDeployedModelKnows() throws IOException {
        DatasetRef first = prepare("rows.jsonl", "run-1");
        Path file = pipeline().resolve("rows.jsonl");
        List<String> grown = new ArrayList<>(Files.readAllLines(file));
        for (int i = 50; i < 54; i++) {
            grown.add(String.format(Locale.ROOT, "{\"prompt\":\"%d + 1 = \",\"completion\":\"%d\"}", i, i + 1));
        }
        Files.write(file, grown);
        Retraining retraining = new Retraining(Trigger.DRIFT, "longer prompts", first.artifact(), 0.25, 2);

        DatasetRef second = retrain("rows.jsonl", "run-2", retraining);
        DatasetRef again = retrain("rows.jsonl", "run-3", retraining);

        assertThat(again.artifact()).isEqualTo(second.artifact());
        assertThat(again.origin().reusedFrom()).isEqualTo("run-2");
        LocalStore store = new LocalStore(root.resolve("store"));
        String train = Files.readString(store.fetch(second.artifact()).resolve("train.jsonl"));
        String all = train
                + Files.readString(store.fetch(second.artifact()).resolve("test.jsonl"))
                + Files.readString(store.fetch(second.artifact()).resolve("validation.jsonl"));
        assertThat(all).contains("100 + 1", "200 + 1", "50 + 1", "53 + 1").doesNotContain("300 + 1");
        DatasetCard card = SpecJson.mapper()
                .readValue(store.fetch(second.artifact()).resolve("card.json").toFile(), DatasetCard.class);
        DatasetCard.Mixed mixed = Objects.requireNonNull(card.mixed());
        assertThat(mixed.reviewed()).isTrue();
        assertThat(second.reviewedRows()).isEqualTo(2);
        // Training starts from the base model: no row that the deployed model knows is left out.
        assertThat(second.trainRows()).isEqualTo(46 - 4);
        assertThat(all.lines())
                .containsAll(Files.readAllLines(store.fetch(first.artifact()).resolve("train.jsonl")));
        assertThat(retrain("rows.jsonl", "run-4", new Retraining(Trigger.DRIFT, "", null, null, 3)))
                .satisfies(whole -> {
                    assertThat(whole.trainRows() + whole.testRows() + whole.validationRows())
                            .isEqualTo(47);
                    assertThat(whole.reviewedRows()).isEqualTo(3);
                    assertThat(whole.origin().why()).contains("reviewed rows");
                });
    }

    @Test
    void storesTheDatasetAndFindsItAgain() throws IOException {
        DatasetRef dataset = prepare("rows.jsonl", "run-1");
        assertThat(dataset.trainRows()).isEqualTo(36);
        assertThat(dataset.testRows()).isEqualTo(2);
        assertThat(dataset.trainTokens()).isPositive();
        assertThat(dataset.origin().reusedFrom()).isNull();
        Path files = new LocalStore(root.resolve("store")).fetch(dataset.artifact());
        assertThat(files).isDirectoryContaining("glob:**/train.safetensors");
        assertThat(files).isDirectoryContaining("glob:**/card.json");
        DatasetRef again = prepare("rows.jsonl", "run-2");
        assertThat(again.artifact()).isEqualTo(dataset.artifact());
        assertThat(again.origin().reusedFrom()).isEqualTo("run-1");
    }

    /** Every row of every split is in the lineage, which has no texts, and is the same in every run of the store. */
    @Test
    void tracesEveryRowToItsFileAndLine() throws IOException {
        Files.copy(pipeline().resolve("rows.jsonl"), pipeline().resolve("again.jsonl"));
        LocalStore store = new LocalStore(root.resolve("store"));

        DatasetRef dataset = prepare("rows.jsonl", "run-1");

        List<LineageRow> rows = lineage(store, dataset);
        assertThat(rows).hasSize(40).extracting(LineageRow::read).doesNotHaveDuplicates();
        RowDigests digests = RowDigests.in(store).orElseThrow();
        List<String> source = Files.readAllLines(pipeline().resolve("rows.jsonl"));
        for (LineageRow row : rows) {
            String record = source.get((int) row.place().line() - 1);
            assertThat(row.read()).isEqualTo(digests.of(SpecJson.mapper().readTree(record)));
            String prepared = Files.readAllLines(store.fetch(dataset.artifact()).resolve(row.split() + ".jsonl"))
                    .get((int) row.row() - 1);
            assertThat(prepared).contains("\"source\":\"" + row.place() + "\"");
            assertThat(row.prepared()).isEqualTo(digests.of(SpecJson.mapper().readTree(prepared)));
        }
        assertThat(Files.readString(
                        store.fetch(Objects.requireNonNull(dataset.lineage())).resolve(LineageFile.NAME)))
                .as("no texts of rows")
                .doesNotContain("+ 1");
        assertThat(lineage(store, prepare("again.jsonl", "run-2")))
                .extracting(LineageRow::read)
                .containsExactlyElementsOf(rows.stream().map(LineageRow::read).toList());
    }

    @Test
    void tracesTheRowsOfAnotherPipelineToItsPreparedRows() throws IOException {
        LocalStore store = new LocalStore(root.resolve("store"));
        DatasetRef source = prepare("rows.jsonl", "run-1/rows-of-numbers");

        DatasetRef dataset = prepare(null, "run-1", source);

        assertThat(lineage(store, dataset))
                .extracting(LineageRow::read)
                .containsExactlyInAnyOrderElementsOf(lineage(store, source).stream()
                        .map(LineageRow::prepared)
                        .toList());
    }

    /** A dataset that an earlier version prepared is reused with its bytes, and gets its lineage. */
    @Test
    void tracesTheRowsOfADatasetOfAnEarlierVersion() throws IOException {
        LocalStore store = new LocalStore(root.resolve("store"));
        DatasetRef first = prepare("rows.jsonl", "run-1");
        String name = "results/prepare/" + first.origin().key();
        ObjectNode record =
                (ObjectNode) SpecJson.mapper().readTree(store.record(name).orElseThrow());
        ((ObjectNode) record.get("result")).remove("lineage");
        store.putRecord(name, record.toString(), new Fence("earlier version", 1));

        DatasetRef second = prepare("rows.jsonl", "run-2");

        assertThat(second.artifact()).isEqualTo(first.artifact());
        assertThat(second.lineage()).isEqualTo(first.lineage());
        assertThat(second.origin().reusedFrom()).isEqualTo("run-1");
        assertThat(prepare("rows.jsonl", "run-3").lineage()).isEqualTo(first.lineage());
    }

    /** A dataset that is not prepared with equal bytes again stays without lineage, and is not prepared in each run. */
    @Test
    void triesOnceToTraceADatasetOfOtherRules() throws IOException {
        LocalStore store = new LocalStore(root.resolve("store"));
        DatasetRef first = prepare("rows.jsonl", "run-1");
        Path other = Files.createDirectories(root.resolve("other"));
        Files.writeString(other.resolve("card.json"), "{}");
        Fence fence = new Fence("earlier version", 1);
        String name = "results/prepare/" + first.origin().key();
        ObjectNode record =
                (ObjectNode) SpecJson.mapper().readTree(store.record(name).orElseThrow());
        ((ObjectNode) record.get("result")).remove("lineage");
        String equal = record.toString();
        ((ObjectNode) record.get("result")).set("artifact", SpecJson.mapper().valueToTree(store.put(other, fence)));
        store.putRecord(name, record.toString(), fence);

        assertThat(prepare("rows.jsonl", "run-2").lineage()).isNull();

        // Another try would find equal bytes now.
        store.putRecord(name, equal, fence);
        assertThat(prepare("rows.jsonl", "run-3").lineage()).isNull();
    }

    /** A forgotten row is left out of every later preparation; a pipeline that forgets nothing keeps its keys. */
    @Test
    void leavesOutForgottenRows() throws IOException {
        LocalStore store = new LocalStore(root.resolve("store"));
        DatasetRef before = prepare("rows.jsonl", "run-1");
        List<LineageRow> rows = lineage(store, before);
        Set<String> forgotten = Set.of(rows.get(0).read(), rows.get(7).read());

        ForgottenRows.add(store, "test", new ForgottenRows(forgotten, Set.of()), new Fence("forget", 1));
        ForgottenRows.add(
                store, "other", new ForgottenRows(Set.of(rows.get(1).read()), Set.of()), new Fence("forget", 1));

        DatasetRef after = prepare("rows.jsonl", "run-2");
        assertThat(after.origin().why()).contains("forgotten rows");
        assertThat(after.removedRows()).containsExactly(Map.entry("forgotten", 2L));
        assertThat(lineage(store, after))
                .hasSize(38)
                .extracting(LineageRow::read)
                .doesNotContainAnyElementsOf(forgotten);
        DatasetCard card = SpecJson.mapper()
                .readValue(store.fetch(after.artifact()).resolve("card.json").toFile(), DatasetCard.class);
        assertThat(card.rows().forgotten()).isEqualTo(2);
        assertThat(card.rows().filtered()).isZero();
        assertThat(card.rows().read()).isEqualTo(40);
        assertThat(card.forgotten()).as("the card of an earlier version").isNull();
    }

    /** A further column gives other records. The texts identify their rows, and no other rows. */
    @Test
    void leavesOutForgottenTextsWhoseRecordsChanged() throws IOException {
        LocalStore store = new LocalStore(root.resolve("store"));
        List<LineageRow> rows = lineage(store, prepare("rows.jsonl", "run-1"));
        LineageRow first = rows.get(0);
        ForgottenRows list = new ForgottenRows(
                Set.of(first.read(), rows.get(7).read()), Set.of(Objects.requireNonNull(first.content())));
        ForgottenRows.add(store, "test", list, new Fence("forget", 1));
        List<String> changed = new ArrayList<>();
        for (String record : Files.readAllLines(pipeline().resolve("rows.jsonl"))) {
            changed.add("{\"added\":1," + record.substring(1));
        }
        changed.add(changed.get((int) first.place().line() - 1).replace("\"added\":1", "\"added\":2"));
        Files.write(pipeline().resolve("changed.jsonl"), changed);

        DatasetRef after = prepare("changed.jsonl", "run-2");

        assertThat(after.removedRows()).containsExactly(Map.entry("forgotten", 2L));
        assertThat(after.forgottenWarning()).isNull();
        assertThat(card(store, after).forgotten()).isEqualTo(new DatasetCard.Forgotten(2, 1, 0, 2));
        assertThat(lineage(store, after))
                .hasSize(39)
                .extracting(LineageRow::content)
                .doesNotContain(first.content())
                .contains(rows.get(7).content());
    }

    @Test
    void saysThatNoForgottenRowWasFound() throws IOException {
        LocalStore store = new LocalStore(root.resolve("store"));
        ForgottenRows.add(
                store,
                "test",
                new ForgottenRows(Set.of("0".repeat(32), "1".repeat(32)), Set.of()),
                new Fence("forget", 1));

        DatasetRef dataset = prepare("rows.jsonl", "run-1");

        assertThat(dataset.forgottenWarning())
                .isEqualTo("2 rows are forgotten, none was found in the sources: they were deleted there, or their"
                        + " records changed");
        assertThat(card(store, dataset).forgotten()).isEqualTo(new DatasetCard.Forgotten(2, 0, 0, 0));
    }

    private static DatasetCard card(LocalStore store, DatasetRef dataset) throws IOException {
        return SpecJson.mapper()
                .readValue(store.fetch(dataset.artifact()).resolve("card.json").toFile(), DatasetCard.class);
    }

    private static List<LineageRow> lineage(LocalStore store, DatasetRef dataset) throws IOException {
        List<LineageRow> rows = new ArrayList<>();
        LineageFile.read(store.fetch(Objects.requireNonNull(dataset.lineage())), rows::add);
        return rows;
    }

    @Test
    void refusesPlainlyWhatItCannotRead() throws Exception {
        Files.writeString(root.resolve("outside.jsonl"), "{}");
        Files.createSymbolicLink(pipeline().resolve("link.jsonl"), root.resolve("outside.jsonl"));
        Files.createSymbolicLink(pipeline().resolve("zero.jsonl"), Path.of("/dev/zero"));
        assertThat(new ProcessBuilder("mkfifo", pipeline().resolve("fifo.jsonl").toString())
                        .start()
                        .waitFor())
                .isZero();
        Files.createDirectory(pipeline().resolve("folder"));
        Files.writeString(pipeline().resolve("bad.jsonl"), "{\"text\":\"ok\"}\n{\"text\":\n");

        fails("none.jsonl", "InvalidPipeline", "no such file");
        fails("folder", "InvalidPipeline", "is a folder, expected a .jsonl");
        fails("fifo.jsonl", "InvalidPipeline", "is a device, pipe or socket");
        fails("../outside.jsonl", "PolicyDenied", "outside");
        fails("link.jsonl", "PolicyDenied", "outside");
        fails("zero.jsonl", "PolicyDenied", "outside");
        fails("bad.jsonl", "PoisonData", "bad.jsonl:2: is not valid JSON");
    }

    private void fails(String dataset, String type, String words) {
        assertThatThrownBy(() -> prepare(dataset, "run"))
                .isInstanceOf(ActivityFailure.class)
                .cause()
                .isInstanceOfSatisfying(ApplicationFailure.class, e -> {
                    assertThat(e.getType()).isEqualTo(type);
                    assertThat(e.isNonRetryable()).isTrue();
                    assertThat(e.getOriginalMessage()).contains(dataset).contains(words);
                });
    }

    /** Rows that are reviewed after the first attempt belong to the next run. */
    @Test
    void anotherAttemptReadsTheSameReviewedRows() {
        PrepareSpec spec =
                SourceRun.spec("dataset 'rows.jsonl'\ndataset reviewed('support'), split: train\nmaxTokens 64");
        present = 2;
        assertThat(prepare(spec, "run-r").trainRows()).isEqualTo(38);
        present = 3;
        assertThat(prepare(spec, "run-r").trainRows()).isEqualTo(38);
        assertThat(prepare(spec, "run-s").trainRows()).isEqualTo(39);
    }

    private DatasetRef prepare(PrepareSpec spec, String runId) {
        return temporal.newActivityStub(PrepareActivities.class)
                .prepare(new PrepareRequest(
                        new RunRef("test", runId, pipeline().toString(), "0".repeat(64)),
                        spec,
                        new InitializeSpec(
                                TinyModels.chat().toString(), null, null, null, InitializeSpec.DEFAULT_POLICY)));
    }
}
