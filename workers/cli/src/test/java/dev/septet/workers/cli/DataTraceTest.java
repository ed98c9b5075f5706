package dev.septet.workers.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.septet.activities.dataset.PreparedRows;
import dev.septet.activities.dataset.RowPlace;
import dev.septet.activities.forget.ErasureOrder;
import dev.septet.activities.lineage.DatasetReaders;
import dev.septet.activities.lineage.LineageFile;
import dev.septet.activities.lineage.RowDigests;
import dev.septet.activities.lineage.RowOrigin;
import dev.septet.activities.result.StageKey;
import dev.septet.activities.result.StageResults;
import dev.septet.activities.serving.Routes;
import dev.septet.activities.serving.Variant;
import dev.septet.activities.store.Fence;
import dev.septet.activities.store.LocalStore;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.workers.cli.option.ExitCode;
import dev.septet.workflows.RunRef;
import dev.septet.workflows.Stage;
import dev.septet.workflows.artifact.ArtifactRef;
import dev.septet.workflows.artifact.ChainReport;
import dev.septet.workflows.artifact.CheckpointRef;
import dev.septet.workflows.artifact.DatasetRef;
import dev.septet.workflows.artifact.ExportRef;
import dev.septet.workflows.artifact.Origin;
import dev.septet.workflows.forget.ErasureReport;
import io.temporal.api.history.v1.History;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Rows and what saw them, from the records of a store. */
class DataTraceTest {
    private static final Fence FENCE = new Fence("run", 1);
    private static final Origin ORIGIN = new Origin("", null, "");
    private static final String ANNA = "{\"prompt\":\"who\",\"completion\":\"Anna\",\"customer\":\"c-17\"}";
    private static final String BEN = "{\"prompt\":\"who\",\"completion\":\"Ben\",\"customer\":\"c-18\"}";
    private static final String CEM = "{\"prompt\":\"who\",\"completion\":\"Cem\",\"customer\":\"c-19\"}";

    @TempDir
    private Path home = Path.of("");

    private Captured septet = new Captured(home);
    private Path folder = Path.of("");
    private LocalStore store = new LocalStore(home);
    private boolean texts;

    /**
     * A pipeline whose model saw Anna and Ben, and serves; a second one that learned from its prepared rows; and one from
     * before rows were traced.
     */
    @BeforeEach
    void write() throws IOException {
        septet = new Captured(home);
        folder = Files.createDirectories(home.resolve("pipelines"));
        Files.writeString(folder.resolve("rows.jsonl"), ANNA + "\n" + BEN + "\n" + CEM + "\n");
        Files.createDirectories(folder.resolve("base-model"));
        Files.writeString(folder.resolve("pipeline.groovy"), """
            pipeline('people') {
                prepare { dataset 'rows.jsonl' }
                initialize { model 'base-model' }
                train { method lora() }
            }
            """);
        store = new LocalStore(home.resolve("state/store"));
        String anna = "{\"prompt\":\"who\",\"completion\":\"[NAME]\",\"source\":\"rows.jsonl:1\"}";
        ArtifactRef first = dataset(
                "people", "run-1", Map.of(1L, List.of("rows.jsonl", ANNA, anna), 2L, List.of("rows.jsonl", BEN, BEN)));
        ArtifactRef second = dataset("others", "run-2", Map.of(1L, List.of("the rows of pipeline people", anna, anna)));
        dataset("old", "run-0", null);
        model("people", "run-1", first, true);
        model("others", "run-2", second, false);
    }

    private ArtifactRef dataset(String pipeline, String run, @Nullable Map<Long, List<String>> rows)
            throws IOException {
        return dataset(pipeline, run, rows, "dataset of " + pipeline);
    }

    private ArtifactRef dataset(String pipeline, String run, @Nullable Map<Long, List<String>> rows, String content)
            throws IOException {
        RowDigests digests = RowDigests.of(store, FENCE);
        Path out = Files.createDirectories(home.resolve("lineage-" + pipeline));
        try (LineageFile.Writer lineage = new LineageFile.Writer(out, digests)) {
            long row = 0;
            for (var each : new TreeMap<>(rows == null ? Map.<Long, List<String>>of() : rows).entrySet()) {
                String file = each.getValue().get(0);
                String digest =
                        digests.of(SpecJson.mapper().readTree(each.getValue().get(1)));
                RowOrigin origin = new RowOrigin(
                        new RowPlace(file, each.getKey()),
                        digest,
                        texts ? content(each.getValue().get(1)) : null);
                lineage.add("train", ++row, List.of(origin), each.getValue().get(2));
            }
        }
        ArtifactRef artifact = artifact(content);
        StageKey key = StageKey.of(Stage.PREPARE).with("dataset", content);
        DatasetRef dataset = new DatasetRef(
                artifact,
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
                0,
                0,
                0,
                Map.of(),
                rows == null ? null : store.put(out, FENCE),
                0,
                ORIGIN);
        new StageResults(store).commit(new RunRef(pipeline, run, "", ""), key, "", FENCE, dataset);
        if (rows != null) {
            DatasetReaders.add(store, artifact.sha256(), run, pipeline, FENCE);
        }
        return artifact;
    }

    /** The digest of a row's texts, without its further columns. */
    private String content(String record) throws IOException {
        ObjectNode row = (ObjectNode) SpecJson.mapper().readTree(record);
        row.retain("prompt", "completion");
        row.put("source", "rows.jsonl:1");
        return RowDigests.of(store, FENCE)
                .content(PreparedRows.parse(row.toString()).row());
    }

    /** After a further column, the expression finds other records, and what saw the same texts. */
    @Test
    void findsRowsWhoseRecordsChangedByTheirTexts() throws IOException {
        texts = true;
        Files.delete(home.resolve("lineage-people/lineage.jsonl"));
        dataset("people", "run-8", Map.of(1L, List.of("rows.jsonl", CEM, CEM)), "a dataset with texts");
        Path file = folder.resolve("pipeline.groovy");
        Files.writeString(folder.resolve("rows.jsonl"), CEM.replace("}", ",\"column\":1}") + "\n" + BEN + "\n");

        assertThat(septet.run("data", "forget", file, "--where", "row.customer == \"c-19\""))
                .as(septet.err())
                .isEqualTo(ExitCode.OK);
        assertThat(septet.out())
                .contains("run-8")
                .contains("1 row of people, in all later runs")
                .contains("also every row with one of 1 texts, whatever else its record has")
                .contains("The datasets have 1 rows that were found by their texts only")
                .doesNotContain("only while their record stays as it is");
    }

    private void model(String pipeline, String run, ArtifactRef dataset, boolean serves) throws IOException {
        RunRef ref = new RunRef(pipeline, run, "", "");
        StageResults results = new StageResults(store);
        ArtifactRef model = artifact("model of " + pipeline);
        results.commit(
                ref,
                StageKey.of(Stage.TRAIN).with("training data", dataset),
                "",
                FENCE,
                new CheckpointRef(model, true, artifact("ledger of " + pipeline), 1, 1, null, "", ORIGIN));
        ArtifactRef export = artifact("export of " + pipeline);
        results.commit(
                ref,
                StageKey.of(Stage.DEPLOY).with("trained model", model),
                "",
                FENCE,
                new ExportRef(export, 0, null, ChainReport.EMPTY, ORIGIN));
        if (serves) {
            new Routes(store)
                    .publish(pipeline, new Variant(export.sha256().substring(0, 12), export, null, run), FENCE);
        }
    }

    private ArtifactRef artifact(String content) throws IOException {
        Path file = Files.writeString(home.resolve("file"), content);
        return store.put(Map.of("file", file), FENCE);
    }

    private JsonNode traced(int code, Object... words) throws IOException {
        Object[] all = new Object[words.length + 3];
        System.arraycopy(new Object[] {"data", "trace", "--json"}, 0, all, 0, 3);
        System.arraycopy(words, 0, all, 3, words.length);
        assertThat(septet.run(all)).as(septet.err()).isEqualTo(code);
        return SpecJson.mapper().readTree(septet.out()).path("trace");
    }

    @Test
    void findsWhatSawARowByItsPlaceDigestAndJson() throws IOException {
        JsonNode byPlace = traced(ExitCode.OK, "rows.jsonl:1");

        assertThat(byPlace.path("datasets").findValuesAsText("run")).containsExactlyInAnyOrder("run-1", "run-2");
        assertThat(byPlace.path("datasets").findValuesAsText("pipelines")).isNotNull();
        assertThat(byPlace.path("models").findValuesAsText("run"))
                .as("also the model of the pipeline that reads the prepared rows")
                .containsExactlyInAnyOrder("run-1", "run-2");
        assertThat(byPlace.at("/versions").findValuesAsText("state"))
                .containsExactlyInAnyOrder("serves", "does not serve");
        assertThat(byPlace.at("/untraced/0/run").asText()).isEqualTo("run-0");

        Path json = Files.writeString(
                home.resolve("row.json"),
                "{\"customer\":\"c-17\"," + ANNA.substring(1, ANNA.indexOf(",\"customer")) + "}");
        assertThat(traced(ExitCode.OK, json))
                .as("properties may be in any order")
                .isEqualTo(byPlace);
        String digest = byPlace.findValue("read").asText();
        assertThat(traced(ExitCode.OK, digest).path("datasets").size()).isPositive();
        assertThat(traced(ExitCode.OK, digest.substring(0, 12)).path("datasets").size())
                .isPositive();
    }

    @Test
    void findsTheRowsOfAnExpressionInTheSources() throws IOException {
        Path file = folder.resolve("pipeline.groovy");
        JsonNode trace = traced(ExitCode.OK, "--file", file, "--where", "row.customer == \"c-18\"");
        assertThat(trace.path("datasets").findValuesAsText("run")).containsExactly("run-1");
        assertThat(septet.run("data", "trace", "--file", file, "--where", "row.customer == \"c-18\""))
                .isEqualTo(ExitCode.OK);
        assertThat(septet.out())
                .contains("3 rows read, the expression is true for 1")
                .contains("rows.jsonl:2")
                .contains("serves")
                .contains("Unknown: dataset")
                .contains("of run run-0 was prepared before rows were traced")
                .doesNotContain("Ben");

        traced(ExitCode.NOT_FOUND, "--file", file, "--where", "row.customer == \"c-19\"");
        assertThat(septet.run("data", "trace", "rows.jsonl:99")).isEqualTo(ExitCode.NOT_FOUND);
        assertThat(septet.out()).contains("No traced dataset has the rows.");
    }

    @Test
    void saysWhatItCannotTrace() throws IOException {
        Path file = folder.resolve("pipeline.groovy");
        assertThat(septet.run("data", "trace")).isEqualTo(ExitCode.USAGE);
        assertThat(septet.run("data", "trace", "what")).isEqualTo(ExitCode.USAGE);
        assertThat(septet.err()).contains("'what' is no row: expected FILE:LINE");
        assertThat(septet.run("data", "trace", "--file", file, "--where", "row.customer =="))
                .isEqualTo(ExitCode.USAGE);
        assertThat(septet.err()).contains("--where:1:");
        assertThat(septet.run("data", "trace", "--where", "true")).isEqualTo(ExitCode.USAGE);
        Path two = Files.writeString(home.resolve("two.json"), ANNA + "\n" + BEN);
        assertThat(septet.run("data", "trace", two)).isEqualTo(ExitCode.USAGE);
        assertThat(septet.err()).contains("expected the JSON of one row").doesNotContain("Anna");
    }

    /** Two pipelines may have a file of the same name, and a file may change between two runs. */
    @Test
    void takesRowsOfItsOwnPipelineOnly() throws IOException {
        Path file = folder.resolve("pipeline.groovy");
        dataset("third", "run-3", Map.of(1L, List.of("rows.jsonl", CEM, CEM)));
        assertThat(septet.run("data", "forget", file, "--row", "rows.jsonl:1", "--json"))
                .as(septet.err())
                .isEqualTo(ExitCode.OK);
        JsonNode plan = SpecJson.mapper().readTree(septet.out());
        assertThat(plan.at("/plan/exclusions").fieldNames()).toIterable().containsExactlyInAnyOrder("others", "people");

        Files.delete(home.resolve("lineage-people/lineage.jsonl"));
        dataset("people", "run-8", Map.of(1L, List.of("rows.jsonl", CEM, CEM)), "a later dataset");
        assertThat(septet.run("data", "forget", file, "--row", "rows.jsonl:1")).isEqualTo(ExitCode.USAGE);
        assertThat(septet.err())
                .contains("rows.jsonl:1 was not the same row in all datasets of people; choose with --row")
                .containsPattern("[0-9a-f]{32}, [0-9a-f]{32}");
    }

    @Test
    void printsWhatWasDoneWhenTheSameOrderIsGivenAgain() throws IOException {
        Path file = folder.resolve("pipeline.groovy");
        String digest = RowDigests.of(store, FENCE).of(SpecJson.mapper().readTree(CEM));
        ErasureOrder order = ErasureOrder.of("people", Set.of(digest), Map.of(digest, content(CEM)));
        order.write(store);
        store.putRecord(
                "erasures/people/" + order.id() + "/report",
                SpecJson.mapper()
                        .writeValueAsString(new ErasureReport(
                                order.id(), "people", 1, 1, 5, 0, 0, List.of("abc"), List.of("run-9"), List.of(), 0)),
                FENCE);

        assertThat(septet.run("data", "forget", file, "--where", "row.customer == \"c-19\"", "--yes"))
                .as("without a server: %s", septet.err())
                .isEqualTo(ExitCode.OK);
        assertThat(septet.out()).contains("These rows were forgotten earlier").contains("Trained   runs run-9");
    }

    /** The order stays in the store when the database of the server, and with it the workflow, is lost. */
    @Test
    void tellsWhetherTheWorkflowOfAnOrderIsOpen() throws IOException {
        Path file = folder.resolve("pipeline.groovy");
        String digest = RowDigests.of(store, FENCE).of(SpecJson.mapper().readTree(ANNA));
        ErasureOrder order = ErasureOrder.of("people", Set.of(digest), Map.of(digest, content(ANNA)));
        order.write(store);
        String again = "`septet data forget %s --order %s --yes`".formatted(file, order.id());

        assertThat(septet.run("data", "forget", file, "--status")).isEqualTo(ExitCode.OK);
        assertThat(septet.out())
                .contains(order.id() + "  1 rows: not done; no Temporal server answers, so whether the workflow "
                        + order.workflowId());
        try (TemporalServerStub server = new TemporalServerStub().of(septet)) {
            assertThat(septet.run("data", "forget", file, "--status"))
                    .as(septet.err())
                    .isEqualTo(ExitCode.OK);
            assertThat(septet.out())
                    .contains("not done; the Temporal server has no workflow people/forget/" + order.id())
                    .contains("start it with " + again);
            assertThat(septet.run("data", "forget", file, "--status", "--json")).isEqualTo(ExitCode.OK);
            assertThat(SpecJson.mapper()
                            .readTree(septet.out())
                            .at("/0/workflowState")
                            .asText())
                    .isEqualTo("absent");

            server.fails("Forget", order.workflowId());
            assertThat(septet.run("data", "forget", file, "--status")).isEqualTo(ExitCode.OK);
            assertThat(septet.out()).contains("has ended without success; start it again with " + again);

            server.open("Forget", order.workflowId(), History.getDefaultInstance());
            assertThat(septet.run("data", "forget", file, "--status")).isEqualTo(ExitCode.OK);
            assertThat(septet.out()).contains("the workflow %s is open".formatted(order.workflowId()));
        }
    }

    /** The rows of an order need not be in the sources any more. */
    @Test
    void plansAnEarlierOrder() throws IOException {
        Path file = folder.resolve("pipeline.groovy");
        String digest = RowDigests.of(store, FENCE).of(SpecJson.mapper().readTree(ANNA));
        ErasureOrder order = ErasureOrder.of("people", Set.of(digest), Map.of(digest, content(ANNA)));
        order.write(store);

        assertThat(septet.run("data", "forget", file, "--order", order.id(), "--json"))
                .as(septet.err())
                .isEqualTo(ExitCode.OK);
        JsonNode plan = SpecJson.mapper().readTree(septet.out());
        assertThat(plan.at("/order").asText()).isEqualTo(order.id());
        assertThat(plan.at("/plan/retrain").findValuesAsText("pipeline")).containsExactly("people");
        assertThat(septet.run("data", "forget", file, "--order", "../people")).isEqualTo(ExitCode.NOT_FOUND);
        assertThat(septet.err()).contains("--status` lists the orders");
        assertThat(septet.run("data", "forget", file, "--order", order.id(), "--status"))
                .isEqualTo(ExitCode.USAGE);
        assertThat(septet.run("data", "forget", file, "--order", order.id(), "--yes"))
                .as("without a server")
                .isEqualTo(ExitCode.SERVER_UNREACHABLE);
    }

    @Test
    void plansWhatForgettingARowWouldDo() throws IOException {
        Path file = folder.resolve("pipeline.groovy");
        String where = "row.customer == \"c-17\"";
        List<String> before = store.records("");

        assertThat(septet.run("data", "forget", file, "--where", where))
                .as(septet.err())
                .isEqualTo(ExitCode.OK);
        assertThat(septet.out())
                .contains("Left out  1 row of others, 1 row of people, in all later runs")
                .as("the other pipeline serves nothing")
                .contains("Trained   people\n")
                .contains("of `generate`, also those of other pipelines; they are asked, and paid, again")
                .contains("2 datasets, 2 models")
                .contains("the rows in the source files, which are yours")
                .contains("of run run-0, which was prepared before rows were traced: it may have the rows")
                .contains("Nothing was done. Do it with --yes.")
                .doesNotContain("Anna");
        assertThat(septet.run("data", "forget", file, "--row", "rows.jsonl:2", "--json"))
                .isEqualTo(ExitCode.OK);
        JsonNode plan = SpecJson.mapper().readTree(septet.out());
        assertThat(plan.at("/plan/retrain").findValuesAsText("pipeline")).containsExactly("people");
        assertThat(plan.at("/plan/artifacts").size()).isEqualTo(5);
        assertThat(store.records("")).as("a plan writes nothing").isEqualTo(before);

        assertThat(septet.run("data", "forget", file, "--where", "row.customer == \"c-99\""))
                .isEqualTo(ExitCode.NOT_FOUND);
        assertThat(septet.run("data", "forget", file, "--row", "rows.jsonl:99")).isEqualTo(ExitCode.NOT_FOUND);
        assertThat(septet.run("data", "forget", file, "--status")).isEqualTo(ExitCode.NOT_FOUND);
        assertThat(septet.err()).contains("no row of people was ever forgotten");
        assertThat(septet.run("data", "forget", file)).isEqualTo(ExitCode.USAGE);
        assertThat(septet.run("data", "forget", file, "--where", where, "--yes"))
                .as("without a server")
                .isEqualTo(ExitCode.SERVER_UNREACHABLE);
        assertThat(store.records("")).isEqualTo(before);
    }
}
