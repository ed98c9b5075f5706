package dev.septet.activities.evaluate.votes;

import dev.septet.activities.evaluate.judge.JudgeReport;
import dev.septet.activities.evaluate.judge.RaterAgreement;
import dev.septet.activities.evaluate.votes.AnswerPair.Verdict;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * What people's votes say about the rows of one set.
 *
 * @param scores of each row the mean of its votes: 1 where the tuned model's answer is better, 0.5 for a tie or for equal
 *     answers, 0 for the other answer; NaN without a vote; empty for a row outside of the sample
 * @param report of all reviewers
 */
public record RowVotes(List<Optional<Double>> scores, JudgeReport report) {
    public RowVotes {
        scores = List.copyOf(scores);
    }

    /**
     * Finds the votes on these answers. Votes on other answers do not count.
     *
     * @param metric name for the report
     * @param set name of the set of rows; empty for the test split
     * @param rows the answers of both models to each row
     */
    public static RowVotes of(String metric, String set, List<AnswerPair> rows, VoteFile file) {
        List<String> ids = rows.stream().map(pair -> pair.blind().id()).toList();
        Map<String, AnswerPair> pairs = new HashMap<>();
        for (int row = 0; row < rows.size(); row++) {
            pairs.put(ids.get(row), rows.get(row));
        }
        Tally tally = new Tally(
                file.sample(set, pairs.keySet()).map(drawn -> drawn.of(ids)).orElseGet(List::of), pairs);
        file.last().forEach(tally::add);
        double[] means = tally.means();
        Map<String, Double> scoreOf = new HashMap<>();
        for (int at = 0; at < means.length; at++) {
            scoreOf.put(tally.sample.get(at), means[at]);
        }
        List<Optional<Double>> scores =
                ids.stream().map(id -> Optional.ofNullable(scoreOf.get(id))).toList();
        double[] sampled = scores.stream()
                .flatMap(Optional::stream)
                .mapToDouble(Double::doubleValue)
                .toArray();
        int equal = (int) IntStream.range(0, rows.size())
                .filter(row -> rows.get(row).equal() && scoreOf.containsKey(ids.get(row)))
                .count();
        return new RowVotes(
                scores,
                new JudgeReport(
                        metric,
                        tally.reviewers,
                        sampled.length,
                        (int) Arrays.stream(sampled).filter(Double::isNaN).count(),
                        tally.agreement().orElse(null),
                        null,
                        new JudgeReport.Pairs(
                                (int) Arrays.stream(sampled)
                                        .filter(score -> score > 0.5)
                                        .count(),
                                (int) Arrays.stream(sampled)
                                        .filter(score -> score == 0.5)
                                        .count(),
                                (int) Arrays.stream(sampled)
                                        .filter(score -> score < 0.5)
                                        .count(),
                                tally.decided == 0 ? Double.NaN : (double) tally.first / tally.decided,
                                0,
                                equal),
                        0,
                        0,
                        List.of(),
                        new JudgeReport.Votes(tally.counted, tally.others, sampled.length, rows.size())));
    }

    /** The votes of all reviewers on the pairs of the sample. */
    private static final class Tally {
        private final List<String> sample;
        private final Map<String, AnswerPair> pairs;
        private final Map<String, Integer> places = new HashMap<>();
        private final List<double[]> raters = new ArrayList<>();
        private final List<JudgeReport.OfJudge> reviewers = new ArrayList<>();
        private int counted;
        private int others;
        private int first;
        private int decided;

        Tally(List<String> sample, Map<String, AnswerPair> pairs) {
            this.sample = sample;
            this.pairs = pairs;
            sample.forEach(id -> places.put(id, places.size()));
        }

        void add(String reviewer, Map<String, Vote> votes) {
            double[] verdicts = new double[sample.size()];
            Arrays.fill(verdicts, Double.NaN);
            int own = 0;
            int skipped = 0;
            for (Map.Entry<String, Vote> each : votes.entrySet()) {
                Vote vote = each.getValue();
                AnswerPair pair = pairs.get(each.getKey());
                Integer place = places.get(each.getKey());
                if (pair == null || place == null || pair.equal()) {
                    others += vote.verdict().counts() ? 1 : 0;
                } else if (vote.verdict().counts()) {
                    verdicts[place] = pair.score(vote.verdict(), vote.first());
                    own++;
                    first += vote.verdict() == Verdict.FIRST ? 1 : 0;
                    decided += vote.verdict() == Verdict.TIE ? 0 : 1;
                } else {
                    skipped++;
                }
            }
            if (own + skipped > 0) {
                raters.add(verdicts);
                reviewers.add(new JudgeReport.OfJudge(
                        "reviewer " + reviewer,
                        own,
                        Map.of(),
                        skipped == 0 ? Map.of() : Map.of("skipped", skipped),
                        null));
            }
            counted += own;
        }

        double[] means() {
            double[] means = new double[sample.size()];
            for (int at = 0; at < means.length; at++) {
                double[] votes = votes(at);
                means[at] = Objects.requireNonNull(pairs.get(sample.get(at))).equal()
                        ? 0.5
                        : Arrays.stream(votes).average().orElse(Double.NaN);
            }
            return means;
        }

        /** Cohen's kappa of two reviewers, or Krippendorff's alpha of more. */
        Optional<JudgeReport.Measure> agreement() {
            if (raters.size() < 2) {
                return Optional.empty();
            }
            int items = 0;
            int equal = 0;
            for (int at = 0; at < sample.size(); at++) {
                double[] votes = votes(at);
                items += votes.length > 1 ? 1 : 0;
                equal += votes.length > 1 && Arrays.stream(votes).distinct().count() == 1 ? 1 : 0;
            }
            boolean two = raters.size() == 2;
            return Optional.of(new JudgeReport.Measure(
                    two ? "Cohen's kappa" : "Krippendorff's alpha, nominal",
                    two
                            ? RaterAgreement.kappa(raters.get(0), raters.get(1), false)
                            : RaterAgreement.alpha(raters, false),
                    items == 0 ? Double.NaN : (double) equal / items,
                    items));
        }

        private double[] votes(int at) {
            return raters.stream()
                    .mapToDouble(rater -> rater[at])
                    .filter(vote -> !Double.isNaN(vote))
                    .toArray();
        }
    }
}
