package dev.septet.activities.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.septet.activities.dataset.CompletionRow;
import dev.septet.activities.dataset.Row;
import dev.septet.activities.dataset.RowPlace;
import dev.septet.activities.evaluate.metric.AnswerFacts;
import dev.septet.activities.evaluate.metric.AnswerNeeds;
import dev.septet.activities.evaluate.subject.Candidate;
import dev.septet.activities.evaluate.subject.Prediction;
import dev.septet.activities.evaluate.subject.Subject;
import dev.septet.activities.evaluate.subject.Subjects;
import dev.septet.activities.files.ActivitySettings;
import dev.septet.activities.files.PipelineFiles;
import dev.septet.activities.store.Fence;
import dev.septet.activities.store.LocalStore;
import dev.septet.activities.store.Sha256;
import dev.septet.dsl.pipeline.Precision;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.dsl.pipeline.evaluate.CompareSpec;
import dev.septet.dsl.pipeline.evaluate.EvaluateSpec;
import dev.septet.dsl.pipeline.evaluate.MetricArguments;
import dev.septet.dsl.pipeline.evaluate.MetricSpec;
import dev.septet.workflows.RunRef;
import dev.septet.workflows.artifact.ArtifactRef;
import dev.septet.workflows.artifact.Score;
import dev.septet.workflows.artifact.Verdict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Metrics of labels, values, confidence and samples in a whole evaluation: gate, tables, refusals. */
class MetricsOfAnswersTest {
    private static final Fence FENCE = new Fence("run/evaluate", 1);
    private static final List<String> QUEUES = List.of("billing", "sales", "support");

    @TempDir
    Path folder;

    private LocalStore store;

    @BeforeEach
    void open() throws IOException {
        store = new LocalStore(folder.resolve("store"));
        store.open(FENCE);
    }

    @Test
    void judgesLabelsWithPairedIntervalsAndShowsTheirConfusion() throws IOException {
        Evaluation evaluation = evaluation(metric("accuracy", 0.8, null), metric("macroF1", 0.8, null));
        EvaluationFindings findings = run(evaluation, new FakeSubjects());
        assertThat(findings.verdict()).isEqualTo(Verdict.GO);
        Score macro = findings.scores().get(1);
        assertThat(macro.before()).isZero();
        assertThat(macro.after()).isBetween(0.9, 1.0);
        assertThat(Objects.requireNonNull(macro.low()))
                .isLessThan(macro.after())
                .isGreaterThan(0.8);
        JsonNode results = SpecJson.mapper().readTree(ResultsJson.of(evaluation, findings, List.of(), List.of()));
        assertThat(results.path("labels").path("confusion").path("classes"))
                .hasToString("[\"billing\",\"sales\",\"support\"]");
        assertThat(results.path("labels").path("scores")).hasSize(3);
        assertThat(results.path("reliability").isMissingNode()).isTrue();
        assertThat(AnswerTables.of(evaluation, findings)
                        .pages()
                        .get(0)
                        .facts()
                        .get(0)
                        .value())
                .contains("recall", "answered as no label");
        assertThat(ResultsJson.of(evaluation, findings, List.of(), List.of()))
                .isEqualTo(ResultsJson.of(evaluation, run(evaluation, new FakeSubjects()), List.of(), List.of()));
    }

    @Test
    void writesNoTablesWhereNoMetricAsks() throws IOException {
        Evaluation evaluation = evaluation(metric("exactMatch", 0.5, null));
        JsonNode results = SpecJson.mapper()
                .readTree(ResultsJson.of(evaluation, run(evaluation, new FakeSubjects()), List.of(), List.of()));
        assertThat(results.has("labels")).isFalse();
        assertThat(results.has("reliability")).isFalse();
    }

    @Test
    void saysNoWithoutAConfidence() throws IOException {
        Evaluation evaluation = evaluation(metric("brier", null, 0.9));
        EvaluationFindings findings = run(evaluation, new Measuring(null, List.of()));
        assertThat(findings.verdict()).isEqualTo(Verdict.NO_GO);
        assertThat(findings.scores().get(0).why()).contains("brier is missing");
    }

    @Test
    void judgesConfidenceSamplesAndSimilarity() throws IOException {
        Evaluation evaluation = evaluation(
                metric("calibrationError", null, 0.2),
                new MetricSpec("passAt", 0.5, null, null, MetricArguments.samples(1, 2, 0.8, "exactMatch")),
                new MetricSpec("passAll", null, null, null, MetricArguments.samples(2, 2, 0.8, "exactMatch")),
                new MetricSpec("similarity", 0.7, null, null, MetricArguments.layer(2)));
        Measuring models = new Measuring(0.95, List.of("right", "wrong"));
        EvaluationFindings findings = run(evaluation, models);
        assertThat(findings.scores())
                .extracting(Score::metric)
                .containsExactly("calibrationError", "passAt", "passAll", "similarity");
        assertThat(findings.scores().get(1).after()).isEqualTo(0.5);
        assertThat(findings.scores().get(2).after()).isZero();
        assertThat(findings.scores().get(3).after()).isEqualTo(0.75);
        JsonNode results = SpecJson.mapper().readTree(ResultsJson.of(evaluation, findings, List.of(), List.of()));
        assertThat(results.path("reliability")).hasSize(1);
        int compared = models.compared;
        run(evaluation, models);
        assertThat(models.compared).isEqualTo(compared); // similarities are stored
    }

    @Test
    void refusesToMeasureAServicesConfidence() {
        Evaluation evaluation = evaluation(metric("brier", null, null));
        assertThatThrownBy(() -> run(evaluation, new FakeSubjects()))
                .hasMessageContaining("leave calibrationError, brier, passAt and passAll out");
    }

    @Test
    void refusesRowsThatAMetricCannotScore() {
        EvaluateSpec numbers = evaluation(metric("numericAnswer", null, null)).spec();
        assertThatThrownBy(() -> RowSource.requireFit(rows(3), numbers))
                .hasMessage(
                        "tickets.jsonl:1: has no number in its answer, but numericAnswer compares numbers; write the"
                                + " number behind `####` or at the end of the answer, or use another metric");
        EvaluateSpec calls = evaluation(metric("toolCalls", null, null)).spec();
        assertThatThrownBy(() -> RowSource.requireFit(rows(3), calls)).hasMessageContaining("without a tool call");
        EvaluateSpec fine = evaluation(metric("macroF1", null, null)).spec();
        RowSource.requireFit(rows(3), fine);
    }

    @Test
    void readsTheSchemaAndNamesWhatIsWrongWithIt() throws IOException {
        PipelineFiles files = new PipelineFiles(new ActivitySettings(folder.resolve("store"), List.of(), List.of()));
        RunRef run = new RunRef("tickets", "run-1", folder.toString(), "5".repeat(64));
        EvaluateSpec spec = evaluation(new MetricSpec("json", 0.5, null, null, MetricArguments.schema("a.json")))
                .spec();
        Files.writeString(folder.resolve("a.json"), "{\"type\": \"object\"}");
        EvaluateSpec read = MetricFiles.read(files, run, spec);
        assertThat(Objects.requireNonNull(read.metrics().get(0).arguments()).schemaText())
                .contains("object");
        MetricFiles.Contents before = MetricFiles.contents(files, run, spec);
        Files.writeString(folder.resolve("a.json"), "{\"type\": \"array\"}");
        assertThat(MetricFiles.digest(files, run, spec)).isNotEqualTo(before.digest());
        assertThat(before.spec()).as("the content that the digest is of").isEqualTo(read);
        assertThat(before.digest())
                .as("a part of the keys of stored results")
                .isEqualTo(Sha256.of(Sha256.of("{\"type\": \"object\"}") + "\n"));
        Files.writeString(folder.resolve("a.json"), "{\"typ\": \"object\"}");
        assertThatThrownBy(() -> MetricFiles.read(files, run, spec))
                .hasMessage("evaluate: `metric json`: schema 'a.json': #/typ is a keyword that is not supported;"
                        + " correct the schema");
        assertThat(MetricFiles.digest(files, run, EvaluateSpec.DEFAULT)).isNull();
    }

    private EvaluationFindings run(Evaluation evaluation, Subjects subjects) throws IOException {
        return evaluation.run(new Predictions(store, FENCE, subjects), (doing, done, total) -> {});
    }

    private static MetricSpec metric(String name, @Nullable Double above, @Nullable Double below) {
        return new MetricSpec(name, above, below);
    }

    private Evaluation evaluation(MetricSpec... metrics) {
        EvaluateSpec spec = new EvaluateSpec(
                List.of(metrics), List.of(), new CompareSpec(1), null, null, 0, 64, 4, EvaluateSpec.DEFAULT_POLICY);
        Candidate base = Candidate.whole("base model", folder, ref('1'), Precision.FLOAT32);
        return new Evaluation(
                spec,
                42,
                base,
                base.with("tuned model", folder, ref('2')),
                new EvaluationRows(
                        rows(100),
                        "0".repeat(64),
                        OptionalInt.of(64),
                        OptionalInt.empty(),
                        List.of(),
                        RowSource.needs(spec),
                        42),
                null,
                null,
                List.of());
    }

    private static ArtifactRef ref(char digit) {
        String digest = String.valueOf(digit).repeat(64);
        return new ArtifactRef("store:artifacts/" + digest, digest, 1);
    }

    private static List<Row> rows(int count) {
        List<Row> rows = new ArrayList<>();
        for (int row = 1; row <= count; row++) {
            rows.add(new CompletionRow("ticket", QUEUES.get(row % 3), new RowPlace("tickets.jsonl", row)));
        }
        return rows;
    }

    /** Models that are right, with a fixed confidence and fixed samples. */
    private static final class Measuring implements Subjects {
        private final @Nullable Double confidence;
        private final List<String> samples;
        private int compared;

        Measuring(@Nullable Double confidence, List<String> samples) {
            this.confidence = confidence;
            this.samples = samples;
        }

        @Override
        public Subject open(Candidate candidate) {
            return new Subject() {
                @Override
                public List<Prediction> predict(List<Row> rows, OptionalInt answerTokens, OptionalInt cutAfter) {
                    throw new AssertionError("the metrics need more");
                }

                @Override
                public List<Prediction> predict(
                        List<Row> rows,
                        OptionalInt answerTokens,
                        OptionalInt cutAfter,
                        AnswerNeeds needs,
                        long seed,
                        IntConsumer progress) {
                    return rows.stream()
                            .map(row -> {
                                String answer = Prediction.reference(row);
                                List<String> drawn = samples.stream()
                                        .map(sample -> sample.equals("right") ? answer : sample)
                                        .toList();
                                return new Prediction(answer, 1, 1, null, new AnswerFacts(confidence, null, drawn));
                            })
                            .toList();
                }

                @Override
                public List<Double> similarities(List<String> references, List<String> answers, int layer) {
                    compared++;
                    return answers.stream().map(answer -> 0.75).toList();
                }

                @Override
                public void close() {}
            };
        }
    }
}
