package dev.septet.activities.evaluate.judge;

import dev.septet.activities.answer.BudgetLedger;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The scores of rows by all judges together: the mean of their verdicts, and NaN where a judge has none. So a judge that
 * does not answer cannot move the score.
 *
 * @param answers the scores of each model's answers, in the order in which they were given
 */
public record RowScores(List<double[]> answers, JudgeReport report) {
    /**
     * Judges single answers.
     *
     * @param models the texts of each model, those of the tuned one first
     */
    public static RowScores absolute(String metric, JudgePanel panel, List<List<JudgeQuestion>> models)
            throws IOException {
        List<double[]> means = new ArrayList<>();
        List<List<double[]>> judges = new ArrayList<>();
        for (List<JudgeQuestion> texts : models) {
            List<double[]> scores = panel.scores(texts);
            judges.add(scores);
            means.add(mean(scores));
        }
        PeopleLabels people = PeopleLabels.read(panel.spec());
        List<double[]> labelled = panel.scores(people.texts());
        return new RowScores(means, report(metric, panel, means.get(0), judges, people, labelled, null));
    }

    /**
     * The verdicts on single answers, or on pairs of different answers; from 0 to 1, and NaN where a judge has none.
     *
     * @param texts pairs have the tuned model's answer first
     */
    public static double[] verdicts(JudgePanel panel, List<JudgeQuestion> texts) throws IOException {
        return panel.spec().against() == null
                ? mean(panel.scores(texts))
                : mean(PairVerdicts.of(panel, texts).judges());
    }

    /**
     * Compares pairs of answers in both orders.
     *
     * @param pairs the tuned model's answer first
     */
    public static RowScores pairs(String metric, JudgePanel panel, List<JudgeQuestion> pairs) throws IOException {
        PairVerdicts verdicts = PairVerdicts.of(panel, pairs);
        Orders orders = verdicts.orders();
        List<double[]> judges = verdicts.judges();
        double[] mean = mean(judges);
        PeopleLabels people = PeopleLabels.read(panel.spec());
        List<double[]> labelled = Orders.of(panel, people.texts()).scores();
        JudgeReport.Pairs found = new JudgeReport.Pairs(
                (int) Arrays.stream(mean).filter(score -> score > 0.5).count(),
                (int) Arrays.stream(mean).filter(score -> score == 0.5).count(),
                (int) Arrays.stream(mean).filter(score -> score < 0.5).count(),
                orders.first(),
                orders.contradictory(),
                verdicts.ties());
        return new RowScores(
                List.of(mean),
                report(
                        metric,
                        panel,
                        mean,
                        List.of(judges.stream().map(RowScores::decided).toList()),
                        people,
                        labelled.stream().map(RowScores::decided).toList(),
                        found));
    }

    /**
     * The verdicts of each judge on pairs; equal answers are a tie without a request.
     *
     * @param ties number of pairs with equal answers
     */
    private record PairVerdicts(Orders orders, List<double[]> judges, int ties) {
        static PairVerdicts of(JudgePanel panel, List<JudgeQuestion> pairs) throws IOException {
            List<Integer> different = new ArrayList<>();
            for (int row = 0; row < pairs.size(); row++) {
                if (!pairs.get(row).answer().equals(pairs.get(row).second())) {
                    different.add(row);
                }
            }
            Orders orders = Orders.of(panel, different.stream().map(pairs::get).toList());
            List<double[]> judges = new ArrayList<>();
            for (double[] scores : orders.scores()) {
                double[] all = new double[pairs.size()];
                Arrays.fill(all, 0.5);
                for (int at = 0; at < scores.length; at++) {
                    all[different.get(at)] = scores[at];
                }
                judges.add(all);
            }
            return new PairVerdicts(orders, judges, pairs.size() - different.size());
        }
    }

    /** Verdicts on pairs in both orders: a judge's score is the mean of both, for the first answer of the pair. */
    private record Orders(List<double[]> scores, double first, int contradictory) {
        static Orders of(JudgePanel panel, List<JudgeQuestion> pairs) throws IOException {
            List<JudgeQuestion> both = new ArrayList<>(pairs);
            pairs.forEach(pair -> both.add(pair.swapped()));
            List<double[]> scores = new ArrayList<>();
            int first = 0;
            int decided = 0;
            int contradictory = 0;
            for (double[] verdicts : panel.scores(both)) {
                double[] means = new double[pairs.size()];
                for (int at = 0; at < means.length; at++) {
                    double forward = verdicts[at];
                    double backward = verdicts[at + means.length];
                    means[at] = (forward + 1 - backward) / 2;
                    boolean complete = !Double.isNaN(means[at]);
                    first += complete ? (forward == 1 ? 1 : 0) + (backward == 1 ? 1 : 0) : 0;
                    decided += complete ? (forward == 0.5 ? 0 : 1) + (backward == 0.5 ? 0 : 1) : 0;
                    contradictory += complete && forward == backward && forward != 0.5 ? 1 : 0;
                }
                scores.add(means);
            }
            return new Orders(scores, decided == 0 ? Double.NaN : (double) first / decided, contradictory);
        }
    }

    static JudgeReport report(
            String metric,
            JudgePanel panel,
            double[] rows,
            List<List<double[]>> judged,
            PeopleLabels people,
            List<double[]> labelled,
            JudgeReport.@Nullable Pairs pairs) {
        boolean ordinal = panel.scale().ordinal();
        List<double[]> judges = new ArrayList<>();
        for (int judge = 0; judge < panel.spec().by().size(); judge++) {
            int at = judge;
            judges.add(judged.stream()
                    .flatMapToDouble(scores -> Arrays.stream(scores.get(at)))
                    .toArray());
        }
        List<JudgeReport.Measure> withPeople = new ArrayList<>();
        for (double[] scores : labelled) {
            withPeople.add(agreement(List.of(people.scores(), scores), ordinal));
        }
        BudgetLedger.Amount used = panel.used();
        return new JudgeReport(
                metric,
                panel.judges(),
                rows.length,
                (int) Arrays.stream(rows).filter(Double::isNaN).count(),
                judges.size() < 2 ? null : agreement(judges, ordinal),
                panel.spec().labels() == null ? null : withPeople,
                pairs,
                used.tokens(),
                JudgeReport.rounded(used.cost()),
                List.of());
    }

    /** Cohen's kappa of two raters, or Krippendorff's alpha of more. */
    private static JudgeReport.Measure agreement(List<double[]> raters, boolean ordinal) {
        int items = 0;
        int equal = 0;
        for (int item = 0; item < raters.get(0).length; item++) {
            int at = item;
            if (raters.stream().noneMatch(rater -> Double.isNaN(rater[at]))) {
                items++;
                equal += raters.stream()
                                        .mapToDouble(rater -> rater[at])
                                        .distinct()
                                        .count()
                                == 1
                        ? 1
                        : 0;
            }
        }
        boolean two = raters.size() == 2;
        return new JudgeReport.Measure(
                two
                        ? ordinal ? "Cohen's kappa with quadratic weights" : "Cohen's kappa"
                        : ordinal ? "Krippendorff's alpha, ordinal" : "Krippendorff's alpha, nominal",
                two
                        ? RaterAgreement.kappa(raters.get(0), raters.get(1), ordinal)
                        : RaterAgreement.alpha(raters, ordinal),
                items == 0 ? Double.NaN : (double) equal / items,
                items);
    }

    private static double[] mean(List<double[]> judges) {
        double[] mean = new double[judges.get(0).length];
        for (int row = 0; row < mean.length; row++) {
            int at = row;
            // NaN of one judge makes the mean NaN
            mean[row] = judges.stream().mapToDouble(scores -> scores[at]).sum() / judges.size();
        }
        return mean;
    }

    /** Win, tie or loss. */
    private static double[] decided(double[] scores) {
        return Arrays.stream(scores)
                .map(score -> Double.isNaN(score) ? score : score > 0.5 ? 1 : score < 0.5 ? 0 : 0.5)
                .toArray();
    }
}
