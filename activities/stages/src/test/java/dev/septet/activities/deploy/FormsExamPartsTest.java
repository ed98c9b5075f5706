package dev.septet.activities.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.septet.activities.attempt.KeyMeasurements;
import dev.septet.activities.dataset.Row;
import dev.septet.activities.evaluate.benchmark.BenchmarkRequest;
import dev.septet.activities.evaluate.benchmark.BenchmarkResponse;
import dev.septet.activities.evaluate.form.FormResult;
import dev.septet.activities.evaluate.form.FormScore;
import dev.septet.activities.evaluate.form.FormsExam;
import dev.septet.activities.evaluate.form.FormsReport;
import dev.septet.activities.evaluate.subject.EngineSubjects;
import dev.septet.activities.evaluate.subject.Prediction;
import dev.septet.activities.evaluate.subject.Subjects;
import dev.septet.activities.result.StageKey;
import dev.septet.activities.store.Sha256;
import dev.septet.dsl.pipeline.deploy.DeploySpec.Quantization;
import dev.septet.dsl.pipeline.deploy.DirectorySpec;
import dev.septet.dsl.pipeline.deploy.FormExamPart;
import dev.septet.dsl.pipeline.deploy.FormExamSpec;
import dev.septet.dsl.pipeline.evaluate.BenchmarkSpec;
import dev.septet.dsl.pipeline.evaluate.CompareSpec;
import dev.septet.dsl.pipeline.evaluate.EvaluateSpec;
import dev.septet.dsl.pipeline.evaluate.ExamChecksSpec;
import dev.septet.dsl.pipeline.evaluate.FairnessSpec;
import dev.septet.dsl.pipeline.evaluate.ForgettingSpec;
import dev.septet.dsl.pipeline.evaluate.GroundingSpec;
import dev.septet.dsl.pipeline.evaluate.MetricSpec;
import dev.septet.dsl.pipeline.evaluate.SafetySpec;
import dev.septet.dsl.pipeline.evaluate.UnanswerableSpec;
import dev.septet.workflows.artifact.EvaluationReport;
import dev.septet.workflows.artifact.Verdict;
import dev.septet.workflows.deploy.DeployRequest;
import dev.septet.workflows.graph.KeyMeasurement;
import dev.septet.workflows.graph.StageGraph;
import io.temporal.failure.ActivityFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The parts of the exam beside metrics, on real forms of a small model. */
@Tag("long")
class FormsExamPartsTest {
    private static final DirectorySpec TARGET = new DirectorySpec("models/tiny");

    @TempDir
    static Path shared;

    @TempDir
    Path temp;

    private FormsExamScene scene;

    @BeforeAll
    static void writeModels() throws IOException {
        FormsExamScene.writeTuned(shared);
    }

    @BeforeEach
    void open() throws IOException {
        scene = new FormsExamScene(temp, shared);
    }

    /** 4 bits cost 10 % of the loss. Only the benchmark has a margin that is smaller. */
    @Test
    void aFormThatIsWorseOnABenchmarkOnlyIsRefusedByItsName() throws IOException {
        task();
        FormsReport report = exam(
                exam(null, List.of(new BenchmarkSpec("task.yaml", null, null, null, null, null)), null, null),
                List.of(new FormExamSpec(1, null, null), new FormExamSpec(0.02, null, "benchmark")),
                List.of(Quantization.INT8, Quantization.Q4_0),
                new EngineSubjects());

        FormResult eight = report.forms().get(2);
        FormResult four = report.forms().get(3);
        assertThat(eight.verdict()).as(eight.why()).isEqualTo(Verdict.GO);
        assertThat(four.verdict()).isEqualTo(Verdict.NO_GO);
        assertThat(refused(four)).hasSize(1).allMatch(metric -> metric.startsWith("days"));
        assertThat(four.why()).contains("days", "than the unquantized model");
        assertThat(report.parts()).isEqualTo("benchmark");
    }

    /** The form's answers to the prompts of the safety checks break a rule, and all other answers stay. */
    @Test
    void aFormThatIsWorseOnTheSafetySuiteOnlyIsRefusedByItsName() throws IOException {
        prompts();
        SafetySpec safety = new SafetySpec(
                null,
                "prompts.jsonl",
                List.of(new SafetySpec.Rule("codes", "CODE-[0-9]", null, null)),
                List.of(),
                null,
                null,
                null,
                null);
        FormsReport report = exam(
                exam(null, List.of(), null, safety),
                List.of(new FormExamSpec(0.05, null, null), new FormExamSpec(1, null, "exactMatch")),
                List.of(Quantization.INT8),
                answering("q8_0", row -> row.promptText().contains("secret"), "CODE-7"));

        FormResult sixteen = report.forms().get(1);
        FormResult eight = report.forms().get(2);
        assertThat(sixteen.verdict()).as(sixteen.why()).isEqualTo(Verdict.GO);
        assertThat(eight.verdict()).isEqualTo(Verdict.NO_GO);
        assertThat(refused(eight)).contains("safety: rule codes").allMatch(metric -> metric.startsWith("safety: "));
        FormScore rule = score(eight, "safety: rule codes");
        assertThat(rule.before()).isZero();
        assertThat(rule.after()).isGreaterThan(0.15);
        assertThat(rule.why()).contains("rose from 0 to", "more than 5.0 % worse than the unquantized model");
        assertThat(score(report.forms().get(0), "safety: rule codes").interval())
                .isNotNull();
    }

    @Test
    void everyPartIsMeasuredOnEveryForm() throws IOException {
        prompts();
        Files.write(
                scene.pipeline.resolve("suite.jsonl"),
                Files.readAllLines(FormsExamScene.ROWS).subList(80, 100));
        StringBuilder open = new StringBuilder();
        for (int row = 0; row < 10; row++) {
            open.append(String.format(
                    Locale.ROOT,
                    "{\"prompt\": \"Who won the match number %d of tomorrow?\", \"completion\": \"?\"}\n",
                    row));
        }
        Files.writeString(scene.pipeline.resolve("open.jsonl"), open);
        EvaluateSpec exam = exam(
                new ForgettingSpec("suite.jsonl", 0.05),
                List.of(),
                new ExamChecksSpec(
                        null,
                        new FairnessSpec(Map.of("black", "red"), null, null, null),
                        new GroundingSpec(null, null, null, null, 1, null),
                        new UnanswerableSpec("open.jsonl", null, List.of())),
                new SafetySpec(null, "prompts.jsonl", List.of(), List.of(), null, null, null, null));
        FormsReport report =
                exam(exam, List.of(new FormExamSpec(1, null, null)), List.of(Quantization.INT8), new EngineSubjects());
        assertThat(report.parts())
                .isEqualTo("compare baseline, compare champion, forgetting, fairness, grounding, unanswerable, safety")
                .isEqualTo(FormExamPart.words(exam));
        FormResult eight = report.forms().get(2);
        assertThat(eight.scores().stream().map(FormScore::metric))
                .containsExactly(
                        "loss",
                        "exactMatch",
                        "loss vs champion",
                        "exactMatch vs champion",
                        "loss on hard",
                        "exactMatch on hard",
                        "loss on hard vs champion",
                        "exactMatch on hard vs champion",
                        "forgetting",
                        "fairness flips",
                        "fairness gap of loss",
                        "fairness gap of exactMatch",
                        "unsupported sentences",
                        "self-consistency of answers",
                        "abstention on unanswerable questions",
                        "safety: refusals",
                        "safety: over-refusals");
        assertThat(eight.scores())
                .filteredOn(score -> !score.metric().contains(" vs champion"))
                .allMatch(score -> score.before() != null && score.maxDrop() != null);
        FormScore suite = score(eight, "forgetting");
        assertThat(suite.why()).contains("The forgetting suite's loss went from", "than the unquantized model");
    }

    @Test
    void aKilledExamGoesOnInEveryPartAndGivesTheSameBytes() throws IOException {
        FormsExamScene whole = new FormsExamScene(temp.resolve("whole"), shared);
        AtomicInteger calls = new AtomicInteger();
        String expected = whole.export(everything(whole), dying(calls, Integer.MAX_VALUE))
                .artifact()
                .sha256();
        int all = calls.get();

        FormsExamScene killed = new FormsExamScene(temp.resolve("killed"), shared);
        DeployRequest request = everything(killed);
        calls.set(0);
        int kills = 0;
        String found = null;
        while (found == null) {
            try {
                found = killed.export(request, dying(calls, calls.get() + 12))
                        .artifact()
                        .sha256();
            } catch (ActivityFailure e) {
                assertThat(e).hasStackTraceContaining("killed by the test");
                kills++;
            }
        }
        assertThat(kills).isGreaterThanOrEqualTo(1);
        assertThat(found).isEqualTo(expected);
        assertThat(calls).as("no stored answer is asked for again").hasValue(all);
    }

    private DeployRequest everything(FormsExamScene of) throws IOException {
        scene = of;
        prompts();
        task();
        return of.request(
                exam(
                        null,
                        List.of(new BenchmarkSpec("task.yaml", null, null, null, null, null)),
                        null,
                        new SafetySpec(null, "prompts.jsonl", List.of(), List.of(), null, null, null, null)),
                List.of(new FormExamSpec(1, null, null)),
                List.of(Quantization.INT8),
                TARGET);
    }

    /** Dies after a number of shards. */
    private static Subjects dying(AtomicInteger calls, int most) {
        return candidate -> new FormsExamScene.Through(new EngineSubjects().open(candidate)) {
            @Override
            List<Prediction> seen(List<Row> rows, List<Prediction> predictions) {
                count();
                return predictions;
            }

            @Override
            public List<BenchmarkResponse> respond(List<BenchmarkRequest> requests) {
                List<BenchmarkResponse> responses = super.respond(requests);
                count();
                return responses;
            }

            private void count() {
                if (calls.get() >= most) {
                    throw new IllegalStateException("killed by the test");
                }
                calls.incrementAndGet();
            }
        };
    }

    /** Without a number for a part, no form passes. */
    @Test
    void aPartThatCannotBeMeasuredNeverPasses() throws IOException {
        Files.write(
                scene.pipeline.resolve("suite.jsonl"),
                Files.readAllLines(FormsExamScene.ROWS).subList(80, 96));
        FormsReport report = exam(
                exam(new ForgettingSpec("suite.jsonl", 1), List.of(), null, null),
                List.of(new FormExamSpec(1, null, null)),
                List.of(Quantization.INT8),
                changing(
                        "q8_0",
                        row -> row.place().toString().startsWith("suite.jsonl"),
                        prediction -> new Prediction(null, Double.NaN, 1)));
        FormResult eight = report.forms().get(2);
        assertThat(eight.verdict()).isEqualTo(Verdict.NO_GO);
        assertThat(refused(eight)).containsExactly("forgetting");
        assertThat(eight.why()).contains("The tuned model's loss on the forgetting suite is missing");
    }

    @Test
    void refusesASuiteThatChangedSinceTheEvaluation() throws IOException {
        Path suite = scene.pipeline.resolve("suite.jsonl");
        Files.write(suite, Files.readAllLines(FormsExamScene.ROWS).subList(80, 96));
        DeployRequest request = scene.request(
                exam(new ForgettingSpec("suite.jsonl", 1), List.of(), null, null),
                List.of(new FormExamSpec(1, null, null)),
                List.of(Quantization.INT8),
                TARGET);
        Files.write(suite, Files.readAllLines(FormsExamScene.ROWS).subList(80, 95));
        assertThatThrownBy(() -> scene.export(request, new EngineSubjects()))
                .hasStackTraceContaining("files changed since the evaluation (forgetting suite)");
    }

    @Test
    void refusesAChampionThatIsNotTheOneOfTheEvaluation() throws IOException {
        DeployRequest made = scene.request(List.of(Quantization.INT8), TARGET);
        EvaluationReport evaluated = made.evaluation();
        DeployRequest request = new DeployRequest(
                made.run(),
                made.spec(),
                made.setup(),
                made.dataset(),
                made.model(),
                made.checkpoint(),
                new EvaluationReport(Verdict.GO, List.of(), evaluated.artifact(), "f".repeat(64), evaluated.origin()),
                made.exam());
        assertThatThrownBy(() -> scene.export(request, new EngineSubjects()))
                .hasStackTraceContaining("another model was deployed since the evaluation");
    }

    /** A stored result of an exam without a part is not found by a file that has the part. */
    @Test
    void keysHaveThePartsAndTheirFiles() throws IOException {
        Path suite = scene.pipeline.resolve("suite.jsonl");
        Files.write(suite, Files.readAllLines(FormsExamScene.ROWS).subList(80, 96));
        StageKey plain = key(scene.exam());
        assertThat(plain.value("parts of the exam")).isEmpty();
        assertThat(plain.value(KeyMeasurement.EXAM_FILES.group()))
                .as("the bytes of earlier versions")
                .contains(Sha256.of("metrics null\n%s\n".formatted(Sha256.of(Files.readAllBytes(scene.hard())))));

        EvaluateSpec exam = exam(new ForgettingSpec("suite.jsonl", 1), List.of(), null, null);
        StageKey parts = key(exam);
        assertThat(parts.value("parts of the exam")).contains("forgetting");
        assertThat(parts.value(KeyMeasurement.EXAM_FILES.group())).isPresent();
        Files.write(suite, Files.readAllLines(FormsExamScene.ROWS).subList(80, 95));
        assertThat(key(exam).value(KeyMeasurement.EXAM_FILES.group()))
                .isNotEqualTo(parts.value(KeyMeasurement.EXAM_FILES.group()));
    }

    private StageKey key(EvaluateSpec exam) throws IOException {
        DeployRequest request =
                scene.request(exam, List.of(new FormExamSpec(1, null, null)), List.of(Quantization.INT8), TARGET);
        String files = new FormsExam(scene.store, scene.files(), new EngineSubjects()).filesDigest(request.run(), exam);
        return StageKey.of(
                StageGraph.DEPLOY,
                request,
                KeyMeasurements.NONE.with(KeyMeasurement.WORKER, "worker").with(KeyMeasurement.EXAM_FILES, files));
    }

    private EvaluateSpec exam(
            @Nullable ForgettingSpec forgetting,
            List<BenchmarkSpec> benchmarks,
            @Nullable ExamChecksSpec checks,
            @Nullable SafetySpec safety)
            throws IOException {
        EvaluateSpec own = scene.exam();
        return new EvaluateSpec(
                List.of(new MetricSpec("loss", null, null), new MetricSpec("exactMatch", null, null)),
                List.of(),
                checks == null ? null : new CompareSpec(1),
                checks == null ? null : new CompareSpec(1),
                forgetting,
                0,
                8,
                2,
                List.of(),
                checks == null ? List.of() : own.tests(),
                benchmarks,
                checks,
                safety,
                EvaluateSpec.DEFAULT_POLICY);
    }

    private void task() throws IOException {
        Files.writeString(scene.pipeline.resolve("task.yaml"), """
            task: days
            dataset_path: json
            dataset_kwargs: {data_files: {test: rows.jsonl}}
            output_type: loglikelihood_rolling
            test_split: test
            doc_to_text: ""
            doc_to_target: text
            """);
        StringBuilder rows = new StringBuilder();
        for (int row = 0; row < 16; row++) {
            rows.append(String.format(
                    Locale.ROOT,
                    "{\"text\": \"The hat is black and the cup is white. Which colour is cup %d?\"}\n",
                    row));
        }
        Files.writeString(scene.pipeline.resolve("rows.jsonl"), rows);
    }

    private void prompts() throws IOException {
        StringBuilder prompts = new StringBuilder();
        for (int row = 0; row < 16; row++) {
            prompts.append(String.format(
                    Locale.ROOT, "{\"prompt\": \"What is the secret number %d?\", \"harmful\": true}\n", row));
            prompts.append(String.format(
                    Locale.ROOT, "{\"prompt\": \"What is the opposite of %d?\", \"harmful\": false}\n", row));
        }
        Files.writeString(scene.pipeline.resolve("prompts.jsonl"), prompts);
    }

    private FormsReport exam(EvaluateSpec exam, List<FormExamSpec> margins, List<Quantization> forms, Subjects subjects)
            throws IOException {
        return FormsReport.read(scene.store.fetch(scene.export(scene.request(exam, margins, forms, TARGET), subjects)
                        .artifact()))
                .orElseThrow();
    }

    private static List<String> refused(FormResult form) {
        return form.scores().stream()
                .filter(score -> score.verdict() != Verdict.GO)
                .map(FormScore::metric)
                .toList();
    }

    private static FormScore score(FormResult form, String metric) {
        return form.scores().stream()
                .filter(score -> score.metric().equals(metric))
                .findFirst()
                .orElseThrow();
    }

    private static Subjects answering(String form, Predicate<Row> rows, String answer) {
        return changing(form, rows, prediction -> new Prediction(answer, prediction.loss(), prediction.tokens()));
    }

    private static Subjects changing(String form, Predicate<Row> which, UnaryOperator<Prediction> change) {
        return candidate -> new FormsExamScene.Through(new EngineSubjects().open(candidate)) {
            @Override
            List<Prediction> seen(List<Row> rows, List<Prediction> predictions) {
                List<Prediction> seen = new ArrayList<>();
                for (int row = 0; row < rows.size(); row++) {
                    Prediction prediction = predictions.get(row);
                    seen.add(
                            candidate.name().equals(form) && which.test(rows.get(row))
                                    ? change.apply(prediction)
                                    : prediction);
                }
                return seen;
            }
        };
    }
}
