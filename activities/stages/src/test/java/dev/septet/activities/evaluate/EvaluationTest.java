package dev.septet.activities.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.septet.activities.dataset.CompletionRow;
import dev.septet.activities.dataset.Row;
import dev.septet.activities.dataset.RowPlace;
import dev.septet.activities.evaluate.report.SummaryLine;
import dev.septet.activities.evaluate.subject.Candidate;
import dev.septet.activities.evaluate.subject.Prediction;
import dev.septet.activities.evaluate.subject.Subject;
import dev.septet.activities.evaluate.subject.Subjects;
import dev.septet.activities.store.Fence;
import dev.septet.activities.store.FencedException;
import dev.septet.activities.store.LocalStore;
import dev.septet.activities.train.EnginePlan;
import dev.septet.dsl.pipeline.ExpressionSpec;
import dev.septet.dsl.pipeline.Precision;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.dsl.pipeline.evaluate.CompareSpec;
import dev.septet.dsl.pipeline.evaluate.EvaluateSpec;
import dev.septet.dsl.pipeline.evaluate.ForgettingSpec;
import dev.septet.dsl.pipeline.evaluate.MetricSpec;
import dev.septet.dsl.pipeline.evaluate.ScoreSpec;
import dev.septet.dsl.pipeline.train.SetupSpec;
import dev.septet.workflows.artifact.ArtifactRef;
import dev.septet.workflows.artifact.Score;
import dev.septet.workflows.artifact.Verdict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EvaluationTest {
    private static final int ROWS = 100;
    private static final Fence FIRST = new Fence("run/evaluate", 1);
    private static final Fence SECOND = new Fence("run/evaluate", 2);

    @TempDir
    Path folder;

    private LocalStore store;

    @BeforeEach
    void open() throws IOException {
        store = new LocalStore(folder.resolve("store"));
        store.open(FIRST);
    }

    @Test
    void judgesTheTunedModelAgainstTheBaseModel() throws IOException {
        EvaluationFindings findings = run(evaluation(new CompareSpec(0), true), FIRST, new FakeSubjects());
        assertThat(findings.verdict()).isEqualTo(Verdict.GO);
        assertThat(findings.scores())
                .extracting(Score::metric)
                .containsExactly("exactMatch", "loss", "rougeL", "forgetting");
        Score exact = findings.scores().get(0);
        assertThat(exact.before()).isZero();
        assertThat(exact.after()).isCloseTo(0.96, within(1e-12));
        assertThat(exact.rows()).isEqualTo(ROWS);
        assertThat(findings.mcnemar()).isNotNull();
        assertThat(findings.scores().get(3).before()).isCloseTo(3.0, within(0.2));
    }

    @Test
    void asksTheBaseModelNothingWithoutAComparison() throws IOException {
        FakeSubjects subjects = new FakeSubjects();
        EvaluationFindings findings = run(evaluation(null, false), FIRST, subjects);
        assertThat(subjects.asked).hasSize(ROWS).allMatch(row -> row.startsWith("tuned"));
        assertThat(findings.scores()).allMatch(score -> score.before() == null);
    }

    /** The tuned model answers 96 of 100 rows rightly, the base model none. */
    @Test
    void computesTheFilesOwnScoresWithPairedIntervalsAndBounds() throws IOException {
        Evaluation evaluation = scoring(
                new ScoreSpec("right", 0.8, null, expression("row.answer.trim() == row.expected.trim()")),
                new ScoreSpec("asked", null, 3.0, expression("row.prompt.words().size() * 2")));
        EvaluationFindings findings = run(evaluation, FIRST, new FakeSubjects());
        Score exact = findings.scores().get(0);
        Score right = findings.scores().get(3);
        assertThat(right.metric()).isEqualTo("right");
        assertThat(right.after()).isEqualTo(exact.after());
        assertThat(right.low()).isEqualTo(exact.low());
        assertThat(right.verdict()).isEqualTo(Verdict.GO);
        assertThat(findings.intervals().get("right"))
                .isEqualTo(findings.intervals().get("exactMatch"));
        Score asked = findings.scores().get(4);
        assertThat(asked.after()).isEqualTo(6);
        assertThat(asked.verdict()).isEqualTo(Verdict.NO_GO);
        assertThat(findings.verdict()).isEqualTo(Verdict.NO_GO);
        assertThat(report(evaluation, findings)).contains("\"metric\" : \"right\"");
    }

    @Test
    void saysWhichScoreHasNoNumber() {
        Evaluation evaluation = scoring(new ScoreSpec("odd", null, null, expression("row.expected.toNumber()")));
        assertThatThrownBy(() -> run(evaluation, FIRST, new FakeSubjects()))
                .hasMessage("score 'odd' at p.groovy:4:9: the expression must be a number, but it is"
                        + " missing; correct the expression");
    }

    private static ExpressionSpec expression(String text) {
        return new ExpressionSpec(text, "p.groovy", 4, 9);
    }

    private Evaluation scoring(ScoreSpec... scores) {
        return evaluation(new CompareSpec(0), false, base().with("tuned model", folder, ref('2')), List.of(scores));
    }

    @Test
    void losesAtMostOneShardToEachKillAndCountsEachRowOnce() throws IOException {
        Evaluation evaluation = evaluation(new CompareSpec(0), true);
        String undisturbed = report(evaluation, run(evaluation, FIRST, new FakeSubjects()));
        int once = 2 * ROWS + 2 * 20;

        store = new LocalStore(folder.resolve("other store"));
        FakeSubjects subjects = new FakeSubjects();
        EvaluationFindings findings = null;
        int kills = 0;
        for (int attempt = 1; findings == null; attempt++) {
            Fence fence = new Fence("run/evaluate", attempt);
            store.open(fence);
            subjects.strength = 23;
            try {
                findings = run(evaluation, fence, subjects);
            } catch (IllegalStateException killed) {
                kills++;
            }
        }
        assertThat(kills).isGreaterThan(8);
        assertThat(subjects.asked).hasSizeLessThan(once + kills * Subject.SHARD_ROWS);
        assertThat(new HashSet<>(subjects.asked)).hasSize(once);
        assertThat(subjects.closed).isEqualTo(subjects.opened);
        assertThat(report(evaluation, findings)).isEqualTo(undisturbed);
    }

    @Test
    void asksTheBaseModelOnceForAllRunsOnTheSameRows() throws IOException {
        run(evaluation(new CompareSpec(0), false), FIRST, new FakeSubjects());
        FakeSubjects subjects = new FakeSubjects();
        Evaluation other = evaluation(new CompareSpec(0), false, base().with("tuned model", folder, ref('9')));
        run(other, SECOND, subjects);
        assertThat(subjects.asked).hasSize(ROWS).allMatch(row -> row.startsWith("tuned"));
    }

    @Test
    void asksAgainWhereAShardIsDamaged() throws IOException {
        Evaluation evaluation = evaluation(null, false);
        run(evaluation, FIRST, new FakeSubjects());
        List<String> shards = store.records("predictions/");
        store.putRecord(shards.get(1), "[{\"answer\":\"x", FIRST);
        store.putRecord(shards.get(2), "[{\"answer\":\"x\",\"loss\":1,\"tokens\":1}]", FIRST);
        FakeSubjects subjects = new FakeSubjects();
        run(evaluation, FIRST, subjects);
        assertThat(subjects.asked).hasSize(2 * Subject.SHARD_ROWS);
    }

    @Test
    void writesNothingOnceALaterAttemptHasTakenOver() throws IOException {
        store.open(SECOND);
        assertThatThrownBy(() -> run(evaluation(null, false), FIRST, new FakeSubjects()))
                .isInstanceOf(FencedException.class);
        assertThat(store.records("predictions/")).isEmpty();
    }

    @Test
    void saysNoToAModelWhoseNumbersAreMissingAlsoFromStoredShards() throws IOException {
        Subjects diverged = candidate -> new Subject() {
            @Override
            public List<Prediction> predict(List<Row> rows, OptionalInt tokens, OptionalInt cut) {
                return Collections.nCopies(rows.size(), new Prediction(null, Double.NaN, 3));
            }

            @Override
            public void close() {}
        };
        EvaluationFindings made = run(evaluation(null, false), FIRST, diverged);
        EvaluationFindings stored = run(evaluation(null, false), FIRST, new FakeSubjects());
        assertThat(made.verdict()).isEqualTo(Verdict.NO_GO);
        assertThat(stored.scores()).isEqualTo(made.scores());
        assertThat(made.scores()).allMatch(score -> score.why().contains("is missing"));
    }

    @Test
    void tellsHowManyRowsAreDone() throws IOException {
        List<String> heard = new ArrayList<>();
        evaluation(new CompareSpec(0), true)
                .run(
                        new Predictions(store, FIRST, new FakeSubjects()),
                        (doing, done, total) -> heard.add(doing + " " + done + "/" + total));
        assertThat(heard.get(0)).isEqualTo("asking the tuned model 16/240");
        assertThat(heard.get(heard.size() - 1)).isEqualTo("asking the tuned model 240/240");
    }

    /** The proof of the adapter's hand-off allows more where losses were computed in bf16. */
    @Test
    void writesDownWhatItComputedIn() throws IOException {
        Candidate tuned =
                Candidate.whole("base model", folder, ref('1'), Precision.BF16).with("tuned model", folder, ref('2'));
        Evaluation evaluation = evaluation(new CompareSpec(0), false, tuned);
        report(evaluation, run(evaluation, FIRST, new FakeSubjects()));
        JsonNode results =
                SpecJson.mapper().readTree(folder.resolve("out/results.json").toFile());
        assertThat(results.path("settings").path("precision").textValue())
                .isEqualTo(EnginePlan.precision(Precision.BF16).name());
    }

    @Test
    void leavesAReportThatMachinesAndPeopleRead() throws IOException {
        Evaluation evaluation = evaluation(new CompareSpec(0), true);
        report(evaluation, run(evaluation, FIRST, new FakeSubjects()));
        Path out = folder.resolve("out");
        JsonNode results =
                SpecJson.mapper().readTree(out.resolve("results.json").toFile());
        assertThat(results.path("verdict").textValue()).isEqualTo("GO");
        assertThat(results.path("scores").path(0).path("mcnemar").path("gained").intValue())
                .isEqualTo(96);
        assertThat(results.path("scores").path(0).path("interval").path("low").doubleValue())
                .isBetween(0.9, 0.96);
        assertThat(results.path("lineage").path("dataset").textValue()).isEqualTo("d1g35t");
        assertThat(Files.readAllLines(out.resolve("predictions.jsonl"))).hasSize(ROWS);
        assertThat(Files.readString(out.resolve("report.html")))
                .contains("<h1>tickets</h1>", "Still wrong", "train rows", "run-1");
        assertThat(Files.readString(out.resolve("README.md")))
                .startsWith("""
                    ---
                    license: "apache-2.0"
                    base_model: "acme/tiny"
                    base_model_relation: adapter
                    datasets:
                    - "tickets-%s"
                    language:
                    - "en"
                    library_name: peft
                    pipeline_tag: text-generation
                    metrics:
                    - "exact_match"
                    - "loss"
                    - "rouge"
                    tags:
                    - "septet"
                    - "lora"
                    model-index:
                    - name: "tickets"
                      results:
                      - task:
                          type: text-generation
                        dataset:
                          type: "tickets-%s"
                          name: "tickets, test split"
                          split: test
                        metrics:
                        - type: "exact_match"
                          name: "exactMatch"
                          value: 0.96
                    """.formatted("0".repeat(12), "0".repeat(12)))
                .contains("| exactMatch | 0 | 0.96 |", """

                    ## Training

                    * steps: `2`
                    * gradients by: `the engine's own backward pass`
                    * precision: `float32`
                    """);
    }

    private EvaluationFindings run(Evaluation evaluation, Fence fence, Subjects subjects) throws IOException {
        return evaluation.run(new Predictions(store, fence, subjects), (doing, done, total) -> {});
    }

    /** Writes the report and returns what does not depend on the run. */
    private String report(Evaluation evaluation, EvaluationFindings findings) throws IOException {
        Path dataset = Files.createDirectories(folder.resolve("dataset"));
        Files.writeString(
                dataset.resolve("card.json"),
                "{\"trainRows\":1200,\"languages\":[\"en\"],\"redactions\":{\"email\":3}}");
        Files.writeString(folder.resolve("ledger.jsonl"), """
            {"step":0,"program":"lora","loss":3.5}
            {"step":1,"program":"lora","loss":3.25}
            """);
        Path out = Files.createDirectories(folder.resolve("out"));
        new ReportFolder(
                        "tickets",
                        "run-1",
                        dataset,
                        folder,
                        folder.resolve("ledger.jsonl"),
                        "apache-2.0",
                        "acme/tiny",
                        List.of(new SummaryLine("dataset", "d1g35t")),
                        SetupSpec.DEFAULT,
                        null,
                        null,
                        List.of())
                .write(out, evaluation, findings);
        return Files.readString(out.resolve("results.json"))
                + Files.readString(out.resolve("predictions.jsonl"))
                + Files.readString(out.resolve("report.html"))
                + Files.readString(out.resolve("README.md"));
    }

    private Evaluation evaluation(@Nullable CompareSpec compare, boolean forgetting) {
        return evaluation(compare, forgetting, base().with("tuned model", folder, ref('2')));
    }

    private Evaluation evaluation(@Nullable CompareSpec compare, boolean forgetting, Candidate tuned) {
        return evaluation(compare, forgetting, tuned, List.of());
    }

    private Evaluation evaluation(
            @Nullable CompareSpec compare, boolean forgetting, Candidate tuned, List<ScoreSpec> scores) {
        EvaluateSpec spec = new EvaluateSpec(
                List.of(
                        new MetricSpec("exactMatch", 0.9, null),
                        new MetricSpec("loss", null, null),
                        new MetricSpec("rougeL", null, null)),
                scores,
                compare,
                null,
                forgetting ? new ForgettingSpec("general.jsonl", 0.05) : null,
                0,
                64,
                4,
                EvaluateSpec.DEFAULT_POLICY);
        return new Evaluation(
                spec,
                42,
                base(),
                tuned,
                new EvaluationRows(rows("tickets.jsonl", ROWS), "0".repeat(64), OptionalInt.of(64)),
                forgetting ? new EvaluationRows(rows("general.jsonl", 20), "1".repeat(64), OptionalInt.empty()) : null,
                null,
                List.of());
    }

    private Candidate base() {
        return Candidate.whole("base model", folder, ref('1'), Precision.FLOAT32);
    }

    private static ArtifactRef ref(char digit) {
        String digest = String.valueOf(digit).repeat(64);
        return new ArtifactRef("store:artifacts/" + digest, digest, 1);
    }

    private static List<Row> rows(String file, int count) {
        List<Row> rows = new ArrayList<>();
        for (int line = 1; line <= count; line++) {
            rows.add(new CompletionRow(
                    "ticket number " + line,
                    String.format(Locale.ROOT, "{\"queue\": \"q%d\"}", line % 7),
                    new RowPlace(file, line)));
        }
        return rows;
    }
}
