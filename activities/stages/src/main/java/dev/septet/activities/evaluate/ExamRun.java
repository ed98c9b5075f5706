package dev.septet.activities.evaluate;

import dev.septet.activities.evaluate.gate.Bootstrap;
import dev.septet.activities.evaluate.judge.JudgeBudgets;
import dev.septet.activities.evaluate.judge.JudgeQuestion;
import dev.septet.activities.evaluate.judge.SentenceVerdicts;
import dev.septet.activities.evaluate.safety.GuardModels;
import dev.septet.activities.evaluate.safety.SafetyChecks;
import dev.septet.activities.evaluate.safety.SafetyFindings;
import dev.septet.activities.evaluate.safety.SafetyRun;
import dev.septet.activities.evaluate.subject.Candidate;
import dev.septet.activities.evaluate.subject.Prediction;
import dev.septet.activities.store.ArtifactStore;
import dev.septet.activities.store.Fence;
import dev.septet.workflows.artifact.ArtifactRef;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * Runs every part of an exam: the test split and named sets with their judges, the forgetting budget, benchmarks, checks, the
 * comparison with retrieval, and safety. The evaluation runs it on the tuned model, and the deployment on each quantized form.
 */
public final class ExamRun {
    private final ExamFiles files;
    private final Evaluation evaluation;
    private final Path dataset;
    private final Worker worker;
    private final JudgeBudgets budgets = new JudgeBudgets();
    private final Map<JudgeQuestion, SentenceVerdicts.Verdict> sentences = new HashMap<>();

    /**
     * The models of an exam.
     *
     * @param champion the deployed model, or the base model when there is none; null without a comparison with it
     */
    public record Models(
            Candidate base, Candidate tuned, @Nullable Candidate champion) {}

    /** What an exam needs of its worker. */
    public record Worker(
            ArtifactStore store, Fence fence, GuardModels guards, Predictions predictions, Listener listener) {}

    /** Receives the number of finished rows, the number of all rows, and the current activity. */
    @FunctionalInterface
    public interface Listener {
        void report(String doing, int done, int total);
    }

    private ExamRun(ExamFiles files, Evaluation evaluation, Path dataset, Worker worker) {
        this.files = files;
        this.evaluation = evaluation;
        this.dataset = dataset;
        this.worker = worker;
    }

    /**
     * Reads the rows of an exam.
     *
     * @param seed seed of sampled answers and of the bootstrap
     * @param dataset folder of the prepared dataset
     */
    public static ExamRun of(ExamFiles files, Models models, long seed, Path dataset, ArtifactRef ref, Worker worker)
            throws IOException {
        files.clusters().require(models.base().digest());
        ExamFiles.Suite suite = files.suite();
        Evaluation whole = new Evaluation(
                files.spec(),
                seed,
                models.base(),
                models.tuned(),
                RowSource.test(dataset, ref, files.spec(), seed),
                suite == null ? null : suite.rows(),
                models.champion(),
                files.named(seed));
        return new ExamRun(
                files,
                whole.sliced(files.clusters(), worker.predictions(), worker.listener()::report),
                dataset,
                worker);
    }

    /** The rows and models. */
    Evaluation evaluation() {
        return evaluation;
    }

    /** Runs every part on the tuned model. */
    public EvaluationFindings run() throws IOException {
        return run(evaluation, null);
    }

    /**
     * Runs every part on another form of the tuned model, within what is left of the judges' budgets.
     *
     * @param unquantized the findings on the tuned model, whose verdicts of judges count for equal answers
     */
    public EvaluationFindings run(Candidate form, EvaluationFindings unquantized) throws IOException {
        return run(evaluation.of(form), unquantized);
    }

    private EvaluationFindings run(Evaluation exam, @Nullable EvaluationFindings unquantized) throws IOException {
        Predictions predictions = worker.predictions();
        Evaluation.Listener listener = worker.listener()::report;
        Bootstrap bootstrap = new Bootstrap(exam.seed());
        EvaluationFindings found = exam.run(predictions, listener, budgets, unquantized)
                .with(new BenchmarkRuns(exam.spec(), exam.seed(), exam.base(), exam.tuned(), files.benchmarks())
                        .run(predictions, listener));
        ExamModels models = new ExamModels(exam, predictions, listener, budgets, sentences, unquantized);
        if (exam.spec().checks() != null) {
            found = found.with(ExamModels.checks(exam, dataset, files.checks()).run(models, bootstrap));
        }
        if (!exam.spec().retrieval().isEmpty()) {
            found = found.with(models.rivals(dataset, bootstrap).run());
        }
        SafetyChecks safety = files.safety();
        return safety == null ? found : found.with(safety(safety, exam));
    }

    private SafetyFindings safety(SafetyChecks checks, Evaluation exam) throws IOException {
        EvaluationRows test = exam.test();
        int tokens = exam.spec().maxNewTokens();
        Listener listener = worker.listener();
        SafetyRun run = new SafetyRun(
                checks,
                worker.store(),
                worker.fence(),
                () -> worker.guards()
                        .open(
                                Objects.requireNonNull(checks.guard()),
                                exam.tuned().computed()));
        return run.run(
                test.rows(),
                (name, rows, digest) -> {
                    // The answers to the test split are those that the metrics have.
                    EvaluationRows asked = digest == null
                            ? test.answered(tokens)
                            : new EvaluationRows(rows, digest, OptionalInt.of(tokens));
                    return worker
                            .predictions()
                            .of(exam.tuned(), asked, done -> listener.report("asking " + name, done, rows.size()))
                            .stream()
                            .map(Prediction::answer)
                            .toList();
                },
                (done, total) -> listener.report("asking the guard", done, total));
    }
}
