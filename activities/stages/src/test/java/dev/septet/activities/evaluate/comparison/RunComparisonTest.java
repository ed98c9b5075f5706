package dev.septet.activities.evaluate.comparison;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.septet.activities.evaluate.report.SpecDiff;
import dev.septet.activities.evaluate.report.SummaryLine;
import dev.septet.dsl.pipeline.SpecJson;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Comparisons of results without predictions. */
class RunComparisonTest {
    private static final String RESULTS = """
        {"version": 1, "verdict": "GO", "rows": 100,
         "lineage": {"dataset": "d1", "base model": "b1", "forgetting suite": "f1", "pipeline spec": "s1"},
         "settings": {"maxNewTokens": 32, "precision": "FLOAT32", "seed": 7},
         "scores": [
          {"metric": "exactMatch", "after": 0.5, "interval": {"low": 0.45, "high": 0.55}, "rows": 100, "verdict": "GO", "why": "."},
          {"metric": "loss", "after": 0.5, "interval": {"low": 0.45, "high": 0.55}, "rows": 100, "verdict": "GO", "why": "."},
          {"metric": "exactMatch vs champion", "after": 0.5, "rows": 100, "verdict": "GO", "why": "."},
          {"metric": "exactMatch vs retrieval by words", "before": 0.1, "after": 0.5, "rows": 100, "verdict": "GO", "why": "."},
          {"metric": "forgetting", "before": 2.0, "after": 2.1, "low": 0.05, "high": 0.15, "rows": 40, "verdict": "GO", "why": "."},
          {"metric": "fairness flips", "after": 0.1, "interval": {"low": 0.0, "high": 0.2}, "rows": 20, "verdict": "GO", "why": "."},
          {"metric": "arc_easy acc, 5-shot", "after": 0.6, "interval": {"low": 0.5, "high": 0.7}, "rows": 50, "verdict": "GO", "why": "."}],
         "benchmarks": [{"file": "arc.yaml", "name": "arc_easy", "gated": "acc", "files": "t1", "tasks": [{"name": "arc_easy", "rows": 50}],
          "metrics": [{"metric": "acc", "higherIsBetter": true, "after": 0.6, "afterStderr": 0.05},
                      {"metric": "acc_norm", "higherIsBetter": true, "after": "NaN", "afterStderr": "NaN"}]}],
         "errorClusters": {"metric": "exactMatch", "rows": 100, "failed": 50, "clusters": [{"name": "refund", "examples": ["data/rows.jsonl:17"]}]},
         "labels": {"scores": [{"label": "spam", "f1": 0.7, "rows": 30}]},
         "judges": [{"metric": "judge", "agreement": {"name": "Cohen's kappa", "value": 0.4, "items": 90}, "tokens": 12000, "cost": 0.25}],
         "run": {"seconds": 120, "cost": {"total": 1.5, "currency": "EUR"}}}
        """;

    @Test
    void everyMeasuredNumberIsALine() throws IOException {
        RunComparison comparison = compare(change("b1", "d1", 0.9), null, null);

        assertThat(comparison.rows())
                .extracting(ComparisonWords::title)
                .containsExactly(
                        "exactMatch",
                        "loss",
                        "forgetting: rise of the loss on general rows",
                        "benchmark: arc_easy acc, 5-shot",
                        "benchmark: arc_easy acc_norm, 5-shot",
                        "check: fairness flips",
                        "label: F1 of 'spam'",
                        "judges: Cohen's kappa of the judges of judge");
        MeasuredValue rise = value(comparison, "rise of the loss on general rows");
        assertThat(rise.value()).isCloseTo(0.05, org.assertj.core.data.Offset.offset(1e-12));
        assertThat(Objects.requireNonNull(rise.interval()).high())
                .isCloseTo(0.075, org.assertj.core.data.Offset.offset(1e-12));
        assertThat(comparison.facts())
                .extracting(RunComparison.Fact::name)
                .contains("cost of judges", "tokens of judges", "run.seconds", "run.cost.total", "maxNewTokens")
                .contains("failed rows by exactMatch", "error clusters")
                .as("neither words nor places of rows")
                .noneMatch(name -> name.startsWith("errorClusters"));
        assertThat(ComparisonWords.missing(comparison)).isEmpty();
    }

    @Test
    void namesABetterRunOnlyWhereNothingThatMattersIsUnknown() throws IOException {
        RunComparison same = compare(change("b1", "d1", 0.9), null, null);
        assertThat(line(same, "exactMatch").best()).isEqualTo(1);
        assertThat(line(same, "loss").best()).as("equal").isNull();
        assertThat(line(same, "fairness flips").best()).isNull();

        RunComparison otherData = compare(change("b1", "d2", 0.9), null, null);
        assertThat(line(otherData, "exactMatch").best())
                .as("other test rows, perhaps")
                .isNull();
        assertThat(line(otherData, "exactMatch").contrasts().get(0).notes())
                .contains("whether the test rows are the same is not recorded");
    }

    /** Judges that answered for few rows, or another `limit`: the gate would not say GO either. */
    @Test
    void namesNoBetterRunWhereFewerRowsWereMeasured() throws IOException {
        ObjectNode other = change("b1", "d1", 0.9);
        ((ObjectNode) other.path("scores").get(0)).put("rows", 20);
        RunComparison comparison = compare(other, null, null);
        assertThat(line(comparison, "exactMatch").best()).isNull();
        assertThat(line(comparison, "exactMatch").contrasts().get(0).notes())
                .contains("measured on 100 and 20 of the rows, so nothing is decided");
    }

    @Test
    void lossesOfOtherBaseModelsAreNotCompared() throws IOException {
        RunComparison comparison = compare(change("b2", "d1", 0.9), null, null);

        assertThat(line(comparison, "loss").contrasts().get(0).reasons()).containsExactly("another base model");
        assertThat(line(comparison, "rise of the loss on general rows")
                        .contrasts()
                        .get(0)
                        .reasons())
                .containsExactly("another base model");
        Contrast exact = line(comparison, "exactMatch").contrasts().get(0);
        assertThat(exact.comparable()).isTrue();
        assertThat(exact.notes()).contains("another base model");
    }

    @Test
    void otherTemplatesAndTaskFilesAreNotCompared() throws IOException {
        ObjectNode other = change("b1", "d1", 0.9);
        ((ObjectNode) other.path("benchmarks").get(0)).put("files", "t2");
        ((ObjectNode) other.path("lineage")).put("forgetting suite", "f2");
        RunComparison files = compare(other, null, null);
        assertThat(line(files, "arc_easy acc, 5-shot").contrasts().get(0).reasons())
                .containsExactly("other task files");
        assertThat(line(files, "rise of the loss on general rows")
                        .contrasts()
                        .get(0)
                        .reasons())
                .containsExactly("other general rows");

        ObjectNode first = tree();
        first.putObject("exam").put("template", "one");
        ObjectNode second = change("b1", "d1", 0.9);
        second.putObject("exam").put("template", "two");
        RunComparison templates = RunComparison.of(List.of(run("a", first, null), run("b", second, null)), 0);
        assertThat(line(templates, "exactMatch").contrasts().get(0).reasons()).containsExactly("other chat template");
        assertThat(line(templates, "exactMatch").best()).isNull();
    }

    @Test
    void verdictsOfOtherJudgesAreNotCompared() throws IOException {
        RunComparison same = RunComparison.of(List.of(run("a", judged("j1"), null), run("b", judged("j1"), null)), 0);
        assertThat(line(same, "sentences not entailed").contrasts().get(0).comparable())
                .isTrue();
        assertThat(value(same, "sentences not entailed").lowerIsBetter()).isTrue();
        RunComparison other = RunComparison.of(List.of(run("a", judged("j1"), null), run("b", judged("j2"), null)), 0);
        assertThat(line(other, "sentences not entailed").contrasts().get(0).reasons())
                .containsExactly("other judges of the check");
    }

    private static ObjectNode judged(String judges) throws JsonProcessingException {
        ObjectNode root = change("b1", "d1", 0.9);
        root.putObject("exam").put("grounding", judges);
        root.withArray("scores")
                .addObject()
                .put("metric", "sentences not entailed")
                .put("after", 0.1)
                .put("rows", 40)
                .putObject("interval")
                .put("low", 0.05)
                .put("high", 0.15);
        return root;
    }

    @Test
    void listsEverySettingThatDiffers() throws IOException {
        JsonNode was =
                json("{\"train\":{\"epochs\":1,\"method\":{\"type\":\"lora\",\"rank\":8}},\"tags\":[\"a\",\"b\"]}");
        JsonNode now = json(
                "{\"train\":{\"epochs\":2,\"method\":{\"type\":\"lora\",\"rank\":8},\"seed\":3},\"tags\":[\"a\"]}");

        SpecChanges changes =
                compare(change("b1", "d1", 0.9), was, now).changes().get(0);

        assertThat(changes.changes())
                .containsExactly(
                        new SpecDiff.Change("tags[1]", "b", ""),
                        new SpecDiff.Change("train.epochs", "1", "2"),
                        new SpecDiff.Change("train.seed", "", "3"));
        SpecChanges unknown =
                compare(change("b1", "d1", 0.9), null, now).changes().get(0);
        assertThat(ComparisonWords.changes(unknown)).isEqualTo("The pipeline files are equal.");
        assertThat(compare(change("b1", "d1", 0.9), was, was).changes().get(0).equal())
                .isTrue();
    }

    @Test
    void drawsValuesOverACost() throws IOException {
        RunComparison comparison = compare(change("b1", "d1", 0.9), null, null);

        assertThat(new ComparisonPage(comparison, "size of the export").html())
                .contains("over size of the export", "Pareto front: B", "<polyline");
        assertThatThrownBy(() -> new ComparisonPage(comparison, "licence"))
                .isInstanceOf(ComparisonProblem.class)
                .hasMessageContaining("no fact 'licence' has a number for two runs; there is size of the export");
    }

    @Test
    void readsTheNumbersOfFacts() {
        assertThat(FactNumber.of("1,234")).isEqualTo(1234);
        assertThat(FactNumber.of("12.5 MB")).isEqualTo(12_500_000);
        assertThat(FactNumber.of("7 B")).isEqualTo(7);
        assertThat(FactNumber.of("1:02:03")).isEqualTo(3723);
        assertThat(FactNumber.of("-1.5e-3")).isEqualTo(-0.0015);
        assertThat(FactNumber.of("1e999")).isNaN();
        assertThat(FactNumber.of("0.5 EUR")).isNaN();
        assertThat(FactNumber.of(null)).isNaN();
    }

    @Test
    void hostileNumbersAreMissingNumbers() throws IOException {
        ObjectNode hostile = tree();
        ObjectNode score = (ObjectNode) hostile.path("scores").get(0);
        score.set("after", json("1e999"));
        score.set("interval", json("{\"low\":\"x\",\"high\":[1]}"));
        score.set("rows", json("-99999999999999999999999"));
        RunComparison comparison = compare(hostile, null, null);

        Contrast contrast = line(comparison, "exactMatch").contrasts().get(0);
        assertThat(contrast.method()).isEqualTo(Contrast.Method.NONE);
        assertThat(contrast.notes()).contains("a value is missing");
        assertThat(new ComparisonPage(comparison, null).html()).contains("missing");
    }

    private static RunComparison compare(ObjectNode second, @Nullable JsonNode was, @Nullable JsonNode now)
            throws IOException {
        return RunComparison.of(List.of(run("a", tree(), was), run("b", second, now)), 0);
    }

    private static ComparedRun run(String name, ObjectNode results, @Nullable JsonNode spec) {
        List<SummaryLine> facts = new ArrayList<>(List.of(new SummaryLine("licence", "mit")));
        if (name.equals("b") && results.path("scores").get(0).path("after").asDouble() > 0.8) {
            facts.add(new SummaryLine("size of the export", "90 MB"));
        } else {
            facts.add(new SummaryLine("size of the export", "120 MB"));
        }
        return new ComparedRun(name, name + ".json", ResultsFile.of(results, name), null, spec, facts);
    }

    private static ObjectNode change(String base, String dataset, double exactMatch) throws JsonProcessingException {
        ObjectNode root = tree();
        ((ObjectNode) root.path("lineage")).put("base model", base).put("dataset", dataset);
        ObjectNode score = (ObjectNode) root.path("scores").get(0);
        score.put("after", exactMatch);
        score.putObject("interval").put("low", exactMatch - 0.05).put("high", exactMatch + 0.05);
        return root;
    }

    private static ObjectNode tree() throws JsonProcessingException {
        return (ObjectNode) SpecJson.mapper().readTree(RESULTS);
    }

    private static JsonNode json(String text) throws JsonProcessingException {
        return SpecJson.mapper().readTree(text);
    }

    private static RunComparison.Line line(RunComparison comparison, String metric) {
        return comparison.rows().stream()
                .filter(line -> line.metric().equals(metric))
                .findFirst()
                .orElseThrow();
    }

    private static MeasuredValue value(RunComparison comparison, String metric) {
        return Objects.requireNonNull(line(comparison, metric).values().get(0));
    }
}
