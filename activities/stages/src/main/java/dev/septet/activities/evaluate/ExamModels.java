package dev.septet.activities.evaluate;

import dev.septet.activities.attempt.StageProblem;
import dev.septet.activities.dataset.PreparedRows;
import dev.septet.activities.dataset.Row;
import dev.septet.activities.evaluate.check.CheckFiles;
import dev.septet.activities.evaluate.check.CheckedModels;
import dev.septet.activities.evaluate.check.ExamChecks;
import dev.septet.activities.evaluate.check.ExamSet;
import dev.septet.activities.evaluate.gate.Bootstrap;
import dev.septet.activities.evaluate.judge.JudgeBudgets;
import dev.septet.activities.evaluate.judge.JudgePanel;
import dev.septet.activities.evaluate.judge.JudgeQuestion;
import dev.septet.activities.evaluate.judge.SentenceVerdicts;
import dev.septet.activities.evaluate.metric.AnswerNeeds;
import dev.septet.activities.evaluate.metric.ExpressionScore;
import dev.septet.activities.evaluate.metric.Metric;
import dev.septet.activities.evaluate.metric.Metrics;
import dev.septet.activities.evaluate.metric.Outcome;
import dev.septet.activities.evaluate.rival.RivalModels;
import dev.septet.activities.evaluate.rival.RivalRun;
import dev.septet.activities.evaluate.rival.TextVectors;
import dev.septet.activities.evaluate.subject.Candidate;
import dev.septet.activities.evaluate.subject.Prediction;
import dev.septet.activities.files.PipelineFiles;
import dev.septet.activities.prepare.DatasetCard;
import dev.septet.activities.store.Sha256;
import dev.septet.dsl.pipeline.evaluate.EvaluateSpec;
import dev.septet.dsl.pipeline.evaluate.ExamChecksSpec;
import dev.septet.dsl.pipeline.evaluate.FairnessSpec;
import dev.septet.dsl.pipeline.evaluate.JudgeSpec;
import dev.septet.dsl.pipeline.evaluate.MetricSpec;
import dev.septet.dsl.pipeline.evaluate.UnanswerableSpec;
import dev.septet.workflows.RunRef;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The models of an evaluation for its checks, whose answers are stored like those on the test split.
 *
 * @param budgets what is left of the judges' budgets
 * @param sentences verdicts on sentences that are known, with which the form of a model needs no request
 * @param unquantized the findings on the tuned model, where the models have another form of it; else null
 */
record ExamModels(
        Evaluation evaluation,
        Predictions predictions,
        Evaluation.Listener listener,
        JudgeBudgets budgets,
        Map<JudgeQuestion, SentenceVerdicts.Verdict> sentences,
        @Nullable EvaluationFindings unquantized)
        implements CheckedModels, RivalModels {
    /** Answers of each model whose time is measured. */
    private static final int TIMED = 8;

    /** The validation rows are held in memory; a check chooses some of them. */
    private static final int MOST_VALIDATION_ROWS = 20_000;

    /**
     * The checks of an evaluation.
     *
     * @param dataset folder of the prepared dataset
     */
    static ExamChecks checks(Evaluation evaluation, Path dataset, CheckFiles files) throws IOException {
        List<ExamSet> sets = new ArrayList<>();
        for (TestSet set : evaluation.all()) {
            sets.add(set(set.name(), set.rows()));
        }
        EvaluationRows suite = evaluation.suite();
        if (suite != null) {
            sets.add(set(ExamSet.SUITE, suite));
        }
        return new ExamChecks(
                evaluation.spec().checksOrNone(),
                dataset,
                files,
                sets,
                evaluation.test().meta(),
                unanswerable(evaluation.spec().checksOrNone(), files),
                validation(dataset, evaluation.test().digest()),
                metrics(evaluation.spec()),
                evaluation.spec().maxNewTokens());
    }

    /**
     * Checks the files of checks before training.
     *
     * @throws StageProblem naming the file and the line that cannot be read
     */
    static void checkFiles(PipelineFiles files, RunRef run, ExamChecksSpec spec) throws IOException {
        CheckFiles found = CheckFiles.of(files, run, spec);
        FairnessSpec fairness = spec.fairness();
        if (fairness != null) {
            found.terms(fairness);
        }
        unanswerable(spec, found);
    }

    private static @Nullable ExamSet unanswerable(ExamChecksSpec spec, CheckFiles files) throws IOException {
        UnanswerableSpec set = spec.unanswerable();
        if (set == null) {
            return null;
        }
        EvaluationRows rows = RowSource.file(
                "unanswerable", files.path(set.path()), set.path(), files.digestOf(set.path()), RowSource.MAX_ROWS);
        for (Row row : rows.rows()) {
            if (row.reference().isEmpty()) {
                throw StageProblem.invalid(
                        "unanswerable: %s: is plain text, but the model must be asked something; give the row a prompt and any answer"
                                .formatted(row.place()));
            }
        }
        return set("unanswerable", rows);
    }

    private static List<Metric> metrics(EvaluateSpec spec) {
        List<Metric> metrics = new ArrayList<>();
        for (MetricSpec metric : spec.metrics()) {
            if (!metric.judged()) { // changed prompts are not judged again
                metrics.add(Metrics.of(metric));
            }
        }
        spec.scores().forEach(score -> metrics.add(new ExpressionScore(score)));
        return metrics;
    }

    private static ExamSet set(String name, EvaluationRows rows) {
        return new ExamSet(name, rows.rows(), rows.digest(), rows.cutAfter());
    }

    private static @Nullable ExamSet validation(Path dataset, String digest) throws IOException {
        Path file = dataset.resolve("validation.jsonl");
        List<Row> rows = Files.exists(file) ? PreparedRows.read(file, MOST_VALIDATION_ROWS) : List.of();
        return rows.isEmpty()
                ? null
                : new ExamSet("validation", rows, Sha256.of(digest + "\nvalidation"), DatasetCard.cutAfter(dataset));
    }

    @Override
    public boolean measuresLosses(Which model) {
        return predictions.measuresLosses(candidate(model));
    }

    @Override
    public List<Outcome> outcomes(Which model, ExamSet set, int answerTokens) throws IOException {
        Candidate candidate = candidate(model);
        // The metrics of the test split also read answers to its rows with swapped terms.
        AnswerNeeds needs = set.name().isEmpty() ? evaluation.test().needs() : AnswerNeeds.NONE;
        EvaluationRows rows = new EvaluationRows(
                set.rows(),
                set.digest(),
                OptionalInt.of(answerTokens),
                set.cutAfter(),
                List.of(),
                needs,
                evaluation.test().seed());
        List<Prediction> computed = predictions.of(candidate, rows, reports("asking the %s", candidate, set));
        return rows.outcomes(predictions.similar(evaluation.base(), rows, computed));
    }

    @Override
    public List<@Nullable String> sampled(ExamSet set, int answerTokens, int sample, double temperature)
            throws IOException {
        Candidate candidate = candidate(Which.TUNED);
        EvaluationRows rows =
                new EvaluationRows(set.rows(), set.digest(), OptionalInt.of(answerTokens), set.cutAfter());
        List<@Nullable String> answers = new ArrayList<>();
        for (Prediction prediction : predictions.sampled(
                candidate,
                rows,
                temperature,
                evaluation.seed() + sample,
                reports("drawing answers of the %s", candidate, set))) {
            answers.add(prediction.answer());
        }
        return answers;
    }

    @Override
    public SentenceVerdicts verdicts(String word, JudgeSpec judges, List<JudgeQuestion> questions) throws IOException {
        List<JudgeQuestion> open = questions.stream()
                .filter(question -> !sentences.containsKey(question))
                .toList();
        SentenceVerdicts asked = asked(word, judges, open);
        for (int at = 0; at < open.size(); at++) {
            if (asked.verdicts().get(at) != SentenceVerdicts.Verdict.NONE) {
                sentences.put(open.get(at), asked.verdicts().get(at));
            }
        }
        return new SentenceVerdicts(
                questions.stream()
                        .map(question -> sentences.getOrDefault(question, SentenceVerdicts.Verdict.NONE))
                        .toList(),
                asked.report());
    }

    private SentenceVerdicts asked(String word, JudgeSpec judges, List<JudgeQuestion> open) throws IOException {
        EvaluationFindings model = unquantized;
        if (model == null) {
            try (JudgePanel panel = panel(word, word, judges)) {
                SentenceVerdicts verdicts = SentenceVerdicts.of(word, panel, open);
                budgets.use(judges, panel.used());
                return verdicts;
            }
        }
        if (open.isEmpty()) {
            return SentenceVerdicts.none(word);
        }
        // As for metrics: without some of the verdicts no form passes, and the money is lost.
        boolean covered = model.judges().stream()
                .filter(report -> report.metric().equals(word))
                .allMatch(report -> budgets.covers(judges, report.expected(open.size())));
        if (!covered) {
            return SentenceVerdicts.withoutBudget(word, judges, open.size());
        }
        String scope = word + " of " + evaluation.tuned().name();
        try (JudgePanel panel = panel(scope, word, judges)) {
            SentenceVerdicts verdicts = SentenceVerdicts.ofForm(word, panel, open);
            budgets.use(judges, panel.used());
            return verdicts;
        }
    }

    private JudgePanel panel(String scope, String word, JudgeSpec judges) throws IOException {
        int rows = evaluation.test().rows().size();
        return new JudgePanel(
                scope,
                budgets.left(judges),
                predictions.judging(),
                () -> listener.report("asking the judges of " + word, rows, rows));
    }

    @Override
    public List<Double> leastLikely(Which model, ExamSet set, double share) throws IOException {
        Candidate candidate = candidate(model);
        EvaluationRows rows = new EvaluationRows(set.rows(), set.digest(), OptionalInt.empty(), set.cutAfter());
        return predictions
                .leastLikely(candidate, rows, share, reports("looking for rows that the %s knows", candidate, set))
                .stream()
                .map(each -> -each.loss() / each.tokens())
                .toList();
    }

    /**
     * The comparison of an evaluation with retrieval.
     *
     * @param dataset folder of the prepared dataset
     */
    RivalRun rivals(Path dataset, Bootstrap bootstrap) {
        return new RivalRun(
                evaluation.spec().retrieval(),
                dataset,
                evaluation.base().folder(),
                evaluation.all().stream()
                        .map(each -> set(each.name(), each.rows()))
                        .toList(),
                evaluation.spec().maxNewTokens(),
                this,
                bootstrap);
    }

    private TestSet named(ExamSet set) {
        return evaluation.all().stream()
                .filter(each -> each.name().equals(set.name()))
                .findFirst()
                .orElseThrow();
    }

    @Override
    public List<Metric> metrics(ExamSet set) {
        return metrics(named(set).spec());
    }

    @Override
    public List<Outcome> outcomes(Which model, ExamSet set, ExamSet asked) throws IOException {
        Candidate candidate = candidate(model);
        EvaluationRows own = named(set).rows();
        EvaluationRows rows = asked(own, asked);
        List<Prediction> computed = predictions.of(candidate, rows, reports("asking the %s", candidate, set));
        return own.outcomes(predictions.similar(evaluation.base(), rows, computed));
    }

    /** The same settings for other prompts. */
    private static EvaluationRows asked(EvaluationRows own, ExamSet asked) {
        return asked.digest().equals(own.digest())
                ? own
                : new EvaluationRows(
                        asked.rows(),
                        asked.digest(),
                        own.answerTokens(),
                        asked.cutAfter(),
                        List.of(),
                        own.needs(),
                        own.seed());
    }

    @Override
    public String timed(Which model, ExamSet set, ExamSet asked) throws IOException {
        Candidate candidate = candidate(model);
        return predictions.seconds(
                candidate,
                asked(named(set).rows(), asked),
                TIMED,
                done -> listener.report("timing the " + candidate.name(), done, TIMED));
    }

    @Override
    public TextVectors vectors(int layer, int size) {
        return predictions.vectors(evaluation.base(), layer, size);
    }

    @Override
    public Path scratch() throws IOException {
        return predictions.scratch();
    }

    @Override
    public void report(String doing, int done, int total) {
        listener.report(doing, done, total);
    }

    private IntConsumer reports(String doing, Candidate candidate, ExamSet set) {
        return done -> listener.report(
                doing.formatted(candidate.name()), done, set.rows().size());
    }

    private Candidate candidate(Which model) {
        return model == Which.BASE ? evaluation.base() : evaluation.tuned();
    }
}
