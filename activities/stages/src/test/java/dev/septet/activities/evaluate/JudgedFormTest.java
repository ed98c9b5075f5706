package dev.septet.activities.evaluate;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.septet.activities.answer.BudgetLedger;
import dev.septet.activities.answer.Teachers;
import dev.septet.activities.dataset.CompletionRow;
import dev.septet.activities.dataset.Row;
import dev.septet.activities.dataset.RowPlace;
import dev.septet.activities.endpoint.FakeService;
import dev.septet.activities.evaluate.gate.Bootstrap;
import dev.septet.activities.evaluate.gate.Gate;
import dev.septet.activities.evaluate.judge.JudgeBudgets;
import dev.septet.activities.evaluate.judge.JudgeReport;
import dev.septet.activities.evaluate.subject.Candidate;
import dev.septet.activities.evaluate.subject.Prediction;
import dev.septet.activities.evaluate.subject.Subject;
import dev.septet.activities.evaluate.subject.Subjects;
import dev.septet.activities.store.Fence;
import dev.septet.activities.store.LocalStore;
import dev.septet.dsl.pipeline.Precision;
import dev.septet.dsl.pipeline.evaluate.EvaluateSpec;
import dev.septet.dsl.pipeline.evaluate.JudgeSpec;
import dev.septet.dsl.pipeline.evaluate.MetricArguments;
import dev.septet.dsl.pipeline.evaluate.MetricSpec;
import dev.septet.dsl.pipeline.prepare.GenerateSpec;
import dev.septet.workflows.artifact.Score;
import dev.septet.workflows.artifact.Verdict;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Judges of quantized forms: equal answers have the verdicts of the unquantized model, and one budget is for all. */
class JudgedFormTest {
    private static final int ROWS = 40;

    @TempDir
    Path folder;

    /** Answers of a form that differ in its first rows. */
    private static Subjects subjects(int different) {
        return candidate -> new Subject() {
            @Override
            public List<Prediction> predict(List<Row> rows, OptionalInt answerTokens, OptionalInt cutAfter) {
                List<Prediction> all = new ArrayList<>();
                for (Row row : rows) {
                    boolean other =
                            candidate.name().equals("q4_0") && row.place().line() <= different;
                    boolean base = candidate.name().equals("base model");
                    String answer = base ? "base" : other ? "other" : "good";
                    all.add(new Prediction(
                            String.format(
                                    Locale.ROOT, "%s %d", answer, row.place().line()),
                            1,
                            1));
                }
                return all;
            }

            @Override
            public void close() {}
        };
    }

    private static String verdict(JsonNode body) {
        String question = FakeService.question(body);
        if (question.contains("first answer]")) {
            int good = Math.max(question.indexOf("\ngood "), question.indexOf("\nother "));
            return "{\"verdict\": \"%s\"}".formatted(good < question.indexOf("\nbase ") ? "first" : "second");
        }
        return question.contains("\nother ") ? "{\"verdict\": \"1\"}" : "{\"verdict\": \"5\"}";
    }

    private record Found(EvaluationFindings whole, EvaluationFindings form, int paid) {
        Score score(String metric, @Nullable Double maxDrop) {
            return Gate.ofForm(
                    form.scores().get(0),
                    Objects.requireNonNull(form.rows().get(metric)),
                    Objects.requireNonNull(whole.rows().get(metric)),
                    maxDrop,
                    new Bootstrap(1));
        }
    }

    private Found run(String metric, JudgeSpec judge, int different) throws IOException {
        return run(metric, judge, different, 0);
    }

    /**
     * @param others tokens that other forms use between the evaluation and this form
     */
    private Found run(String metric, JudgeSpec judge, int different, long others) throws IOException {
        try (FakeService service = new FakeService(JudgedFormTest::verdict)) {
            Candidate base = new Candidate("base model", folder, "b".repeat(64), null, null, Precision.FLOAT32);
            Candidate tuned = new Candidate("tuned model", folder, "c".repeat(64), null, null, Precision.FLOAT32);
            List<Row> rows = new ArrayList<>();
            for (int row = 1; row <= ROWS; row++) {
                rows.add(new CompletionRow("ticket " + row, "good", new RowPlace("tickets.jsonl", row)));
            }
            EvaluateSpec spec = new EvaluateSpec(
                    List.of(new MetricSpec(metric, 0.5, null, null, MetricArguments.judge(judge))),
                    List.of(),
                    null,
                    null,
                    null,
                    0,
                    16,
                    0,
                    EvaluateSpec.DEFAULT_POLICY);
            Evaluation evaluation = new Evaluation(
                    spec,
                    1,
                    base,
                    tuned,
                    new EvaluationRows(rows, "d".repeat(64), OptionalInt.of(16)),
                    null,
                    null,
                    List.of());
            Predictions predictions = new Predictions(
                    new LocalStore(folder.resolve("store")),
                    new Fence("run/export", 1),
                    subjects(different),
                    Teachers.of("evaluate", service.endpoints(folder, false), model -> folder),
                    time -> {});
            JudgeBudgets budgets = new JudgeBudgets();
            EvaluationFindings whole = evaluation.run(predictions, (doing, done, total) -> {}, budgets, null);
            budgets.use(judge, new BudgetLedger.Amount(others, 0));
            int before = service.requests().size();
            EvaluationFindings form = evaluation
                    .of(new Candidate("q4_0", folder, "f".repeat(64), null, null, Precision.FLOAT32))
                    .run(predictions, (doing, done, total) -> {}, budgets, whole);
            return new Found(whole, form, service.requests().size() - before);
        }
    }

    private static JudgeSpec judge(boolean pairs, long tokens) {
        return new JudgeSpec(
                List.of(new GenerateSpec.Teacher("service", "small")),
                "rubric.txt",
                pairs ? null : JudgeSpec.Scale.POINTS,
                pairs ? JudgeSpec.Against.BASELINE : null,
                new GenerateSpec.Budget(tokens, null, GenerateSpec.Budget.End.STOP),
                null,
                null,
                4,
                0.1,
                "Be right.",
                null);
    }

    @Test
    void judgesOnlyAnswersThatDiffer() throws IOException {
        Found found = run("judge", judge(false, 10_000_000), 10);
        assertThat(found.paid()).isEqualTo(10);
        Score score = found.score("judge", 0.02);
        assertThat(score.before()).isEqualTo(1);
        assertThat(score.after()).isEqualTo(0.75);
        assertThat(score.verdict()).isEqualTo(Verdict.NO_GO);
        assertThat(score.why()).contains("judge fell from 1 to 0.75", "2.0 % worse than the unquantized model");
        assertThat(found.score("judge", null).verdict())
                .as("the bound of the gate alone")
                .isEqualTo(Verdict.GO);
    }

    @Test
    void comparesAFormsAnswersWithThoseOfTheBaseModel() throws IOException {
        Found found = run("winRate", judge(true, 10_000_000), 5);
        assertThat(found.paid()).isEqualTo(10); // both orders
        Score score = found.score("winRate", 0.02);
        assertThat(score.before()).isEqualTo(1);
        assertThat(score.after()).isEqualTo(1);
        assertThat(score.verdict()).isEqualTo(Verdict.GO);
    }

    /** A form that cannot be judged does not pass, and nothing is paid for half an exam. */
    @Test
    void asksNothingWhereTheRestOfTheBudgetIsTooSmall() throws IOException {
        long budget = 1_000_000;
        Found found = run("judge", judge(false, budget), 20, budget - 500);
        assertThat(found.whole().judges().get(0).unmeasured())
                .as("the evaluation has enough")
                .isZero();
        assertThat(found.whole().judges().get(0).tokens()).isEqualTo(400);
        assertThat(found.paid()).isZero();
        JudgeReport report = found.form().judges().get(0);
        assertThat(report.unmeasured()).isEqualTo(20);
        assertThat(report.judges().get(0).missing()).containsEntry("budget", 20);
        Score score = found.score("judge", 0.02);
        assertThat(score.verdict()).isEqualTo(Verdict.INCONCLUSIVE);
        assertThat(score.why()).contains("20 of 40 rows are not measured");
    }
}
