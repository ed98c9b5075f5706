package dev.septet.workers.cli.compare;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.septet.activities.store.Fence;
import dev.septet.activities.store.LocalStore;
import dev.septet.dsl.PipelineCompiler;
import dev.septet.dsl.PipelineSource;
import dev.septet.dsl.pipeline.PipelineSpec;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.workers.cli.Captured;
import dev.septet.workers.cli.DocPage;
import dev.septet.workers.cli.compare.EvaluatedRuns.Exam;
import dev.septet.workers.cli.option.ExitCode;
import dev.septet.workflows.artifact.ArtifactRef;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command on real evaluations, without a server. */
class CompareCommandTest {
    private static final String PIPELINE = """
        pipeline('tickets') {
            prepare { dataset 'tickets.jsonl' }
            initialize { model 'base-model' }
            train {
                method lora { rank 8 }
                steps %s
            }
            evaluate { metric exactMatch }
        }
        """;

    @TempDir
    private static Path home = Path.of("");

    private static Path good = Path.of("");
    private static Path poor = Path.of("");
    private static Path middle = Path.of("");
    private static Path otherRows = Path.of("");

    @TempDir
    private Path scratch = Path.of("");

    private Captured septet = new Captured(home);

    @BeforeAll
    static void evaluate() throws IOException {
        EvaluatedRuns runs = new EvaluatedRuns(home, new LocalStore(home.resolve("state/store")));
        good = runs.evaluate("tickets", "run-good", Exam.wrongEvery(50));
        poor = runs.evaluate("tickets", "run-poor", Exam.wrongEvery(4));
        middle = runs.evaluate("other", "run-middle", Exam.wrongEvery(10));
        otherRows = runs.evaluate("other", "run-rows", new Exam(10, 200, 21, 48, "queue [0-9]"));
    }

    @BeforeEach
    void open() {
        septet = new Captured(home);
    }

    @Test
    void comparesRunsThatAnsweredTheSameRowsRowByRow() throws IOException {
        JsonNode found = json(poor, good);

        JsonNode exact = measure(found, "exactMatch", "");
        assertThat(exact.path("values").get(0).path("value").asDouble()).isEqualTo(0.75);
        assertThat(exact.path("values").get(1).path("value").asDouble()).isEqualTo(0.98);
        JsonNode difference = exact.path("differences").get(0);
        assertThat(difference.path("method").asText()).isEqualTo("paired");
        assertThat(difference.path("difference").asDouble())
                .isCloseTo(0.23, org.assertj.core.data.Offset.offset(1e-12));
        assertThat(difference.at("/interval/low").asDouble()).isBetween(0.1, 0.23);
        assertThat(difference.at("/interval/high").asDouble()).isBetween(0.23, 0.4);
        // Rows 100 and 200 are wrong in both; McNemar's p-value of 48 gained and 2 lost rows.
        assertThat(difference.path("gained").asInt()).isEqualTo(48);
        assertThat(difference.path("lost").asInt()).isEqualTo(2);
        assertThat(difference.path("p").asDouble()).isLessThan(1e-9);
        assertThat(exact.path("best").asText()).isEqualTo(good.toString());
        assertThat(measure(found, "loss", "").path("best").asText())
                .as("a smaller loss is better")
                .isEqualTo(good.toString());
        assertThat(measure(found, "loss", "").at("/differences/0/method").asText())
                .isEqualTo("paired");
        assertThat(measure(found, "regex", "").at("/differences/0/method").asText())
                .as("its arguments are recorded")
                .isEqualTo("paired");
        assertThat(measure(found, "short", "").at("/differences/0/method").asText())
                .as("its expression is recorded")
                .isEqualTo("paired");
        assertThat(measure(found, "exactMatch", "gold")
                        .at("/differences/0/method")
                        .asText())
                .isEqualTo("paired");
        assertThat(json(poor, good)).as("every number is repeated").isEqualTo(found);
    }

    @Test
    void whatIsMeasuredWithoutPredictionsIsComparedByItsIntervalsAndSaysSo() throws IOException {
        JsonNode found = json(poor, good);

        JsonNode forgetting = measure(found, "rise of the loss on general rows", "");
        assertThat(forgetting.path("kind").asText()).isEqualTo("forgetting");
        assertThat(forgetting.at("/differences/0/method").asText()).isEqualTo("unpaired");
        JsonNode rule = measure(found, "rule queues", "");
        assertThat(rule.path("kind").asText()).isEqualTo("safety");
        assertThat(rule.at("/differences/0/notes")).isEmpty();
        JsonNode slice = measure(found, "exactMatch by topic", "gold");
        assertThat(slice.path("kind").asText()).isEqualTo("slice");
        assertThat(slice.at("/differences/0/notes/0").asText()).contains("chosen by its value");
        assertThat(slice.has("best")).as("not ranked").isFalse();
        assertThat(measure(json(good, otherRows), "rule queues", "")
                        .at("/differences/0/reasons/0")
                        .asText())
                .isEqualTo("other rules and prompts of the safety checks");
    }

    @Test
    void doesNotRankWhatWasMeasuredInAnotherWay() throws IOException {
        JsonNode found = json(middle, otherRows);

        JsonNode exact = measure(found, "exactMatch", "").at("/differences/0");
        assertThat(exact.path("comparable").asBoolean()).isFalse();
        assertThat(exact.path("reasons").toString())
                .contains("other test rows: 200 and 200, 180 in both", "another limit of tokens in an answer");
        assertThat(exact.has("difference")).isFalse();
        assertThat(measure(found, "regex", "").at("/differences/0/reasons").toString())
                .contains("other arguments of the metric");
        assertThat(measure(found, "loss", "").at("/differences/0/reasons").toString())
                .contains("other test rows")
                .doesNotContain("limit of tokens");
        assertThat(measure(found, "exactMatch", "").has("best")).isFalse();

        assertThat(septet.run("compare", middle, otherRows)).isZero();
        assertThat(septet.out().replaceAll("\\s+\\|?\\s*", " ")).contains("not comparable:");
    }

    @Test
    void losesPairsWithoutPredictionsButKeepsTheRanking() throws IOException {
        JsonNode found = json(resultsOnly("a", poor), resultsOnly("b", good));

        JsonNode exact = measure(found, "exactMatch", "").at("/differences/0");
        assertThat(exact.path("method").asText()).isEqualTo("unpaired");
        assertThat(exact.path("notes").toString()).contains("the predictions of a run are missing");
        JsonNode paired = measure(json(poor, good), "exactMatch", "").at("/differences/0/interval");
        assertThat(exact.at("/interval/high").asDouble()
                        - exact.at("/interval/low").asDouble())
                .as("wider than a paired interval")
                .isGreaterThan(
                        paired.path("high").asDouble() - paired.path("low").asDouble());
    }

    @Test
    void threeRunsHaveCorrectedPValuesAndOneBaseline() throws IOException {
        JsonNode found = json(poor, good, middle, "--baseline", middle);

        assertThat(found.path("baseline").asText()).isEqualTo(middle.toString());
        JsonNode exact = measure(found, "exactMatch", "");
        assertThat(exact.path("differences")).hasSize(2);
        for (JsonNode difference : exact.path("differences")) {
            assertThat(difference.path("adjusted").asDouble())
                    .isGreaterThanOrEqualTo(difference.path("p").asDouble());
        }
        assertThat(exact.at("/differences/0/difference").asDouble())
                .as("poor - middle")
                .isNegative();
        assertThat(exact.path("best").asText()).isEqualTo(good.toString());
        assertThat(septet.run("compare", poor, good, middle)).isZero();
        assertThat(septet.out())
                .contains(
                        "Holm's correction for the 3 pairs", "* 0.98", "Differences from A", "Not recorded in any run");
    }

    @Test
    void findsRunsInTheStoreWithoutAServer() throws IOException {
        JsonNode found = json("run-good", "other");

        assertThat(found.at("/runs/0/source").asText()).isEqualTo("run run-good in the store");
        assertThat(found.at("/runs/1/source").asText())
                .as("the newest of the pipeline")
                .isEqualTo("run run-rows in the store");
        assertThat(septet.run("compare", "tickets", "run-poor")).isEqualTo(ExitCode.USAGE);
        assertThat(septet.err()).contains("'tickets' and 'run-poor' are the same run");
    }

    /** The output of {@code septet report --json} has what the other stages recorded, and no predictions. */
    @Test
    void comparesWhatReportPrints() throws IOException {
        ObjectNode printed = SpecJson.mapper().createObjectNode();
        printed.set(
                "results",
                SpecJson.mapper().readTree(poor.resolve("results.json").toFile()));
        printed.set("report", SpecJson.mapper().readTree("""
            {"checkpoint":{"artifact":{"uri":"store:x","sha256":"0","sizeBytes":1500000},"adapter":true,"steps":120,
            "ledger":{"uri":"store:y","sha256":"1","sizeBytes":1},"finalLoss":0.25,"stopReason":"all steps",
            "origin":{"key":"k","why":"w"}}}
            """));
        Path file = scratch.resolve("printed.json");
        Files.writeString(file, printed.toString());

        JsonNode found = json(good, file);

        assertThat(found.path("facts").toString())
                .contains(
                        "{\"name\":\"steps\",\"values\":{\"%s\":\"120\"}}".formatted(file), "\"1.5 MB\"", "all steps");
        assertThat(measure(found, "exactMatch", "").at("/differences/0/method").asText())
                .isEqualTo("unpaired");
        assertThat(septet.run("compare", good, file)).isZero();
        assertThat(septet.out()).contains("not recorded");
    }

    /** A run's page has the spec and the times beside it. */
    @Test
    void readsTheFileOfARunBesideItsResults() throws IOException {
        Path first = withRun("first", good, 12, 1_000);
        Path second = withRun("second", poor, 14, 3_661_000);

        JsonNode found = json(first, second);

        assertThat(found.at("/changes/0/settings")).hasSize(1);
        assertThat(found.at("/changes/0/settings/0/path").asText()).isEqualTo("train.steps");
        assertThat(found.at("/changes/0/settings/0/was").asText()).isEqualTo("12");
        assertThat(found.at("/changes/0/settings/0/now").asText()).isEqualTo("14");
        assertThat(found.path("facts").toString()).contains("\"1:01:00\"", "\"method\"", "\"seed\"");
        assertThat(septet.run("compare", first, second)).isZero();
        assertThat(septet.out()).containsPattern("train\\.steps +\\| 12 +\\| 14");
    }

    /** The page of a run records its cost, and the export the sizes of its forms. */
    @Test
    void comparesCostsStageTimesAndFormSizes() throws IOException {
        Path first = withRun("cheap", good, 12, 1_000);
        Path second = withRun("dear", poor, 12, 1_000);
        for (Path folder : List.of(first, second)) {
            String price = folder.equals(first) ? "2.40" : "4.80";
            ObjectNode run = (ObjectNode)
                    SpecJson.mapper().readTree(folder.resolve("run.json").toFile());
            ((ObjectNode) run.path("facts"))
                    .set("stages", SpecJson.mapper().readTree("[{\"stage\":\"TRAIN\",\"millis\":1800000}]"));
            run.set("cost", SpecJson.mapper().readTree("""
                {"machineMillis":1800000,"pricePerHour":{"amount":%s,"currency":"EUR"},"kilowattHours":0.150000,
                "measuredJoules":3600000}
                """.formatted(price)));
            Files.writeString(folder.resolve("run.json"), run.toString());
            Files.writeString(folder.resolve("forms.json"), """
                {"version":1,"seed":1,"precision":"float32","notExamined":[],"forms":[
                {"form":"q4_k_m","file":"m.gguf","sha256":"0","bytes":%s000000,"bitsPerWeight":4.5,"scores":[]}]}
                """.formatted(folder.equals(first) ? 12 : 34));
        }
        Path page = scratch.resolve("costs.html");

        JsonNode found = json(first, second, "--page", page);

        assertThat(fact(found, "cost in EUR", first)).isEqualTo("1.20");
        assertThat(fact(found, "cost in EUR", second)).isEqualTo("2.40");
        assertThat(fact(found, "time of train", first)).isEqualTo("0:30:00");
        assertThat(fact(found, "estimated energy in kWh", first)).isEqualTo("0.15");
        assertThat(fact(found, "size of the form q4_k_m", second)).isEqualTo("34.0 MB");
        assertThat(Files.readString(page)).contains("over cost in EUR", "Pareto front: A");
        assertThat(septet.run("compare", first, second, "--page", page, "--against", "size of the form q4_k_m"))
                .isZero();
        assertThat(Files.readString(page)).contains("over size of the form q4_k_m");
    }

    /** The store finds the page of a run by the run's id, so the pipeline file is known without a server. */
    @Test
    void readsThePageOfARunInTheStore() throws IOException {
        LocalStore store = new LocalStore(home.resolve("state/store"));
        Path folder = withRun("paged", middle, 14, 61_000);
        Fence fence = new Fence("test/page", 1);
        store.open(fence);
        Path scratchOfStore = store.scratch(fence);
        Files.copy(folder.resolve("run.json"), scratchOfStore.resolve("run.json"));
        ArtifactRef page = store.put(scratchOfStore, fence);
        ObjectNode version = SpecJson.mapper().createObjectNode().put("runId", "run-middle");
        version.set("record", SpecJson.mapper().valueToTree(page));
        store.putRecord("versions/other/0000000001000-run-middle", version.toString(), fence);
        store.release(fence);

        JsonNode found = json(withRun("beside", good, 12, 1_000), "run-middle");

        assertThat(found.at("/changes/0/settings/0/path").asText()).isEqualTo("train.steps");
        assertThat(found.path("facts").toString()).contains("\"0:01:00\"", "\"steps in the file\"");
    }

    private static String fact(JsonNode found, String name, Path run) {
        for (JsonNode each : found.path("facts")) {
            if (each.path("name").asText().equals(name)) {
                return each.path("values").path(run.toString()).asText();
            }
        }
        throw new AssertionError("no fact %s in %s".formatted(name, found.path("facts")));
    }

    private Path withRun(String name, Path evaluation, int steps, long ended) throws IOException {
        Path folder = Files.createDirectories(scratch.resolve(name));
        for (String file : new String[] {"results.json", "predictions.jsonl"}) {
            Files.copy(evaluation.resolve(file), folder.resolve(file));
        }
        PipelineSpec spec = PipelineCompiler.compile(
                        PipelineSource.of("tickets.groovy", PIPELINE.formatted(steps)), Map.of())
                .spec()
                .orElseThrow();
        ObjectNode run = SpecJson.mapper().createObjectNode();
        run.set("spec", SpecJson.mapper().valueToTree(spec));
        run.putObject("facts").put("startedMillis", 1_000).put("endedMillis", ended);
        Files.writeString(folder.resolve("run.json"), run.toString());
        return folder;
    }

    @Test
    void thePageOfTheDocumentationShowsWhatItPrints() throws IOException {
        DocPage page = DocPage.of("comparing.md");

        assertThat(septet.run("compare", "run-poor", "run-good")).isZero();
        assertThat(page.blocks("text"))
                .hasSize(2)
                .allSatisfy(block -> assertThat(septet.out()).contains(block));
        JsonNode shown = SpecJson.mapper().readTree(page.blocks("json").get(0));
        JsonNode measured = measure(json("run-poor", "run-good"), "exactMatch", "");
        assertThat(measured).isEqualTo(shown);
    }

    @Test
    void writesAPageThatShowsHostileTextsAsText() throws IOException {
        Path hostile = Files.createDirectories(scratch.resolve("hostile"));
        ObjectNode results = (ObjectNode)
                SpecJson.mapper().readTree(poor.resolve("results.json").toFile());
        ObjectNode score = ((ObjectNode) results.path("scores").get(0));
        score.put("metric", "<script>alert(1)</script>\u202e\u001b[31m");
        score.put("after", "NaN");
        score.put("why", "<img src=x onerror=alert(2)>");
        ((ObjectNode) results.path("lineage")).put("<b>x</b>", "\"><script>alert(3)</script>");
        Files.writeString(hostile.resolve("results.json"), results.toString());
        Path page = scratch.resolve("page.html");

        assertThat(septet.run("compare", hostile, good, "--page", page)).isZero();

        assertThat(Files.readString(page))
                .contains("&lt;script&gt;alert(1)", "[U+202E]", "default-src 'none'", "Differences from A", "<svg")
                .doesNotContain("<script", "<img", "<b>x", "\u202e");
        assertThat(septet.out()).doesNotContain("\u001b", "\u202e").contains("missing");
    }

    @Test
    void explainsWhatCannotBeCompared() throws IOException {
        refused(ExitCode.USAGE, "a comparison needs 2 to 10 runs, got 1", good);
        refused(ExitCode.USAGE, "got 0");
        refused(ExitCode.USAGE, "is named twice", good, good);
        refused(ExitCode.USAGE, "are the same run", good, good.resolve("results.json"));
        refused(ExitCode.USAGE, "--baseline is one of the compared runs", good, poor, "--baseline", "x");
        refused(ExitCode.NOT_FOUND, "no evaluated run 'nobody'", good, "nobody");
        assertThat(septet.err()).contains("The server was not asked: no Temporal server");
        refused(ExitCode.NOT_FOUND, "has no results.json", good, scratch.resolve("."));
        refused(ExitCode.NOT_FOUND, "no such file", good, scratch.resolve("none.json"));
        Path bad = scratch.resolve("bad.json");
        Files.writeString(bad, "{\n \"scores\": [}");
        refused(ExitCode.RUN_FAILED, "bad.json:2:", good, bad);
        assertThat(septet.err()).contains("is not JSON");
        Files.writeString(bad, "[".repeat(100_000));
        refused(ExitCode.RUN_FAILED, "bad.json:1:", good, bad);
        Files.writeString(bad, "{\"scores\":[],\"version\":2}");
        refused(ExitCode.RUN_FAILED, "has version 2, but this Septet reads version 1", good, bad);
        Files.writeString(bad, "[]");
        refused(ExitCode.RUN_FAILED, "is not the results.json of an evaluation", good, bad);
        Path damaged = Files.createDirectories(scratch.resolve("damaged"));
        Files.copy(poor.resolve("results.json"), damaged.resolve("results.json"));
        Files.writeString(damaged.resolve("predictions.jsonl"), "{}\n");
        refused(ExitCode.RUN_FAILED, "predictions.jsonl:1: is not a prediction", good, damaged);
        refused(
                ExitCode.RUN_FAILED,
                "no fact 'price' has a number",
                good,
                poor,
                "--page",
                scratch.resolve("p"),
                "--against",
                "price");
        refused(
                ExitCode.RUN_FAILED,
                "the page cannot be written",
                good,
                poor,
                "--page",
                scratch.resolve("no/page.html"));
        refused(ExitCode.USAGE, "--against belongs to --page", good, poor, "--against", "steps");
    }

    private void refused(int code, String message, Object... arguments) {
        Object[] words = new Object[arguments.length + 1];
        words[0] = "compare";
        System.arraycopy(arguments, 0, words, 1, arguments.length);
        assertThat(septet.run(words)).as(message).isEqualTo(code);
        assertThat(septet.err()).contains(message).doesNotContain("\tat ", "unexpected error");
    }

    private Path resultsOnly(String name, Path folder) throws IOException {
        Path copy = scratch.resolve(name + ".json");
        ObjectNode results = (ObjectNode)
                SpecJson.mapper().readTree(folder.resolve("results.json").toFile());
        ((ObjectNode) results.path("lineage")).put("dataset", "the same");
        Files.writeString(copy, results.toString());
        return copy;
    }

    private JsonNode json(Object... arguments) throws IOException {
        Object[] words = new Object[arguments.length + 2];
        words[0] = "compare";
        words[1] = "--json";
        System.arraycopy(arguments, 0, words, 2, arguments.length);
        assertThat(septet.run(words)).as(septet.err()).isZero();
        return SpecJson.mapper().readTree(septet.out());
    }

    private static JsonNode measure(JsonNode found, String metric, String set) {
        for (JsonNode each : found.path("measures")) {
            if (each.path("metric").asText().equals(metric)
                    && each.path("set").asText("").equals(set)) {
                return each;
            }
        }
        throw new AssertionError("no measure %s in %s".formatted(metric, found.path("measures")));
    }
}
