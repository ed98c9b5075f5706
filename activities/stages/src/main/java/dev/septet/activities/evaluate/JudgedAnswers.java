package dev.septet.activities.evaluate;

import dev.septet.activities.answer.BudgetLedger;
import dev.septet.activities.evaluate.gate.Gate;
import dev.septet.activities.evaluate.judge.JudgeBudgets;
import dev.septet.activities.evaluate.judge.JudgePanel;
import dev.septet.activities.evaluate.judge.JudgeQuestion;
import dev.septet.activities.evaluate.judge.JudgeReport;
import dev.septet.activities.evaluate.judge.RowScores;
import dev.septet.activities.evaluate.metric.AnswerFacts;
import dev.septet.activities.evaluate.subject.Prediction;
import dev.septet.activities.evaluate.votes.AnswerPair;
import dev.septet.activities.evaluate.votes.RowVotes;
import dev.septet.activities.evaluate.votes.VoteFiles;
import dev.septet.dsl.pipeline.evaluate.EvaluateSpec;
import dev.septet.dsl.pipeline.evaluate.JudgeSpec;
import dev.septet.dsl.pipeline.evaluate.MetricArguments;
import dev.septet.dsl.pipeline.evaluate.MetricSpec;
import dev.septet.dsl.pipeline.evaluate.VotesSpec;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Predictions on the test rows with the scores of judges and the votes of people.
 *
 * @param after of the tuned model
 * @param before of the base model; null where nothing compares with it
 * @param deployed of the deployed model; null where nothing compares with it
 * @param reports what the judges of each metric did
 */
record JudgedAnswers(
        List<Prediction> after,
        @Nullable List<Prediction> before,
        @Nullable List<Prediction> deployed,
        List<JudgeReport> reports) {

    /** Whether a metric compares the tuned model's answers with those of the base model. */
    static boolean needsBase(EvaluateSpec spec) {
        return spec.metrics().stream().anyMatch(metric -> {
            JudgeSpec judge = judge(metric);
            VotesSpec votes = votes(metric);
            return (judge != null && judge.against() == JudgeSpec.Against.BASELINE)
                    || (votes != null && votes.against() == JudgeSpec.Against.BASELINE);
        });
    }

    private static @Nullable JudgeSpec judge(MetricSpec metric) {
        MetricArguments arguments = metric.arguments();
        return arguments == null ? null : arguments.judge();
    }

    private static @Nullable VotesSpec votes(MetricSpec metric) {
        MetricArguments arguments = metric.arguments();
        return arguments == null ? null : arguments.votes();
    }

    /**
     * What judges need.
     *
     * @param budgets what is left of the judges' budgets, which all sets share
     * @param alive is called about every second
     */
    record Judges(JudgeBudgets budgets, JudgePanel.Judging judging, Runnable alive) {
        JudgePanel open(String name, JudgeSpec judge) throws IOException {
            return new JudgePanel(name, budgets.left(judge), judging, alive);
        }
    }

    /**
     * The same predictions, judged by the judges of each metric that has some.
     *
     * @param set name of the set of rows; empty for the test split
     */
    JudgedAnswers judged(String set, EvaluateSpec spec, EvaluationRows test, Judges judges) throws IOException {
        JudgedAnswers all = this;
        for (MetricSpec metric : spec.metrics()) {
            JudgeSpec judge = judge(metric);
            if (judge != null) {
                String name = Gate.on(metric.name(), set);
                try (JudgePanel panel = judges.open(name, judge)) {
                    all = judge.against() == null
                            ? all.absolute(name, panel, test, spec.compare() != null)
                            : all.pairs(name, panel, test, all.others(judge));
                    judges.budgets().use(judge, panel.used());
                }
            }
            VotesSpec votes = votes(metric);
            if (votes != null) {
                all = all.voted(Gate.on(metric.name(), set), set, votes, test);
            }
        }
        return all;
    }

    /**
     * The same predictions of another form of the tuned model, judged. Verdicts on equal answers are those of the tuned
     * model. The others are asked for only where the rest of the budget is probably enough for all of them: without some of
     * them, no form passes, and the money is lost.
     *
     * @param form name of the form
     * @param unquantized the answers of the tuned model on the same rows, after the judges
     */
    JudgedAnswers judgedAs(
            String form, JudgedAnswers unquantized, String set, EvaluateSpec spec, EvaluationRows test, Judges judges)
            throws IOException {
        JudgedAnswers all = new JudgedAnswers(after, unquantized.before, unquantized.deployed, reports);
        for (MetricSpec metric : spec.metrics()) {
            JudgeSpec judge = judge(metric);
            if (judge != null) {
                String name = Gate.on(metric.name(), set);
                all = all.judgedAs("%s of %s".formatted(name, form), name, judge, unquantized, test, judges);
            }
        }
        return all;
    }

    private JudgedAnswers judgedAs(
            String scope, String metric, JudgeSpec judge, JudgedAnswers unquantized, EvaluationRows test, Judges judges)
            throws IOException {
        boolean absolute = judge.against() == null;
        double[] scores = new double[after.size()];
        List<Integer> open = new ArrayList<>();
        for (int row = 0; row < scores.length; row++) {
            String answer = after.get(row).answer();
            boolean same =
                    answer != null && answer.equals(unquantized.after.get(row).answer());
            scores[row] = same ? verdict(unquantized.after.get(row), absolute) : Double.NaN;
            if (answer != null && !same) {
                open.add(row);
            }
        }
        JudgeReport of = unquantized.reports.stream()
                .filter(report -> report.metric().equals(metric))
                .findFirst()
                .orElseThrow();
        List<JudgeReport.OfJudge> asked = List.of();
        BudgetLedger.Amount used = BudgetLedger.Amount.NONE;
        if (!open.isEmpty() && judges.budgets().covers(judge, of.expected(open.size()))) {
            try (JudgePanel panel = judges.open(scope, judge)) {
                double[] verdicts = RowScores.verdicts(panel, chosen(test, open, absolute ? null : others(judge)));
                for (int at = 0; at < verdicts.length; at++) {
                    scores[open.get(at)] = verdicts[at];
                }
                used = panel.used();
                judges.budgets().use(judge, used);
                asked = panel.judges();
            }
        } else if (!open.isEmpty()) {
            asked = JudgePanel.withoutBudget(judge, open.size());
        }
        return new JudgedAnswers(
                scored(after, scores, absolute),
                before,
                deployed,
                with(JudgeReport.ofForm(metric, asked, scores, used)));
    }

    private static double verdict(Prediction prediction, boolean absolute) {
        AnswerFacts facts = prediction.facts();
        Double verdict = facts == null ? null : absolute ? facts.judge() : facts.winRate();
        return verdict == null ? Double.NaN : verdict;
    }

    private List<Prediction> others(JudgeSpec judge) {
        return Objects.requireNonNull(judge.against() == JudgeSpec.Against.BASELINE ? before : deployed);
    }

    /** The texts of chosen rows. */
    private List<JudgeQuestion> chosen(EvaluationRows test, List<Integer> rows, @Nullable List<Prediction> second) {
        return texts(
                new EvaluationRows(rows.stream().map(test.rows()::get).toList(), test.digest(), test.answerTokens()),
                rows.stream().map(after::get).toList(),
                second == null ? null : rows.stream().map(second::get).toList());
    }

    private JudgedAnswers absolute(String metric, JudgePanel panel, EvaluationRows test, boolean compare)
            throws IOException {
        List<Prediction> base = compare ? before : null;
        List<Prediction> champion = deployed;
        List<List<JudgeQuestion>> models = new ArrayList<>();
        models.add(texts(test, after, null));
        if (base != null) {
            models.add(texts(test, base, null));
        }
        if (champion != null) {
            models.add(texts(test, champion, null));
        }
        RowScores scores = RowScores.absolute(metric, panel, models);
        int last = models.size() - 1;
        return new JudgedAnswers(
                scored(after, scores.answers().get(0), true),
                base == null ? before : scored(base, scores.answers().get(1), true),
                champion == null ? null : scored(champion, scores.answers().get(last), true),
                with(scores.report()));
    }

    private JudgedAnswers pairs(String metric, JudgePanel panel, EvaluationRows test, List<Prediction> others)
            throws IOException {
        RowScores scores = RowScores.pairs(metric, panel, texts(test, after, others));
        return new JudgedAnswers(
                scored(after, scores.answers().get(0), false), before, deployed, with(scores.report()));
    }

    private JudgedAnswers voted(String metric, String set, VotesSpec votes, EvaluationRows test) {
        List<Prediction> others =
                Objects.requireNonNull(votes.against() == JudgeSpec.Against.BASELINE ? before : deployed);
        RowVotes found = RowVotes.of(
                metric,
                set,
                texts(test, after, others).stream()
                        .map(pair ->
                                new AnswerPair(pair.question(), pair.answer(), Objects.requireNonNull(pair.second())))
                        .toList(),
                VoteFiles.parsed(votes));
        List<Prediction> scored = IntStream.range(0, after.size())
                .mapToObj(row -> after.get(row)
                        .with(Objects.requireNonNullElse(after.get(row).facts(), AnswerFacts.NONE)
                                .voted(found.scores().get(row).orElse(null))))
                .toList();
        return new JudgedAnswers(scored, before, deployed, with(found.report()));
    }

    private List<JudgeReport> with(JudgeReport report) {
        List<JudgeReport> all = new ArrayList<>(reports);
        all.add(report);
        return all;
    }

    private static List<JudgeQuestion> texts(
            EvaluationRows test, List<Prediction> first, @Nullable List<Prediction> second) {
        return IntStream.range(0, first.size())
                .mapToObj(row -> new JudgeQuestion(
                        test.rows().get(row).promptText(),
                        Prediction.reference(test.rows().get(row)),
                        Objects.requireNonNull(first.get(row).answer()),
                        second == null
                                ? null
                                : Objects.requireNonNull(second.get(row).answer())))
                .toList();
    }

    private static List<Prediction> scored(List<Prediction> predictions, double[] scores, boolean absolute) {
        return IntStream.range(0, scores.length)
                .mapToObj(row -> {
                    AnswerFacts facts =
                            Objects.requireNonNullElse(predictions.get(row).facts(), AnswerFacts.NONE);
                    return predictions
                            .get(row)
                            .with(facts.judged(absolute ? scores[row] : null, absolute ? null : scores[row]));
                })
                .toList();
    }
}
