package dev.septet.activities.prepare.label;

import java.util.Arrays;
import java.util.Map;
import java.util.SortedMap;

/**
 * The model of Dawid and Skene with the responses "vote" and "abstain". Given a row's label y, function j votes with the
 * probability p[j][y], independently of the other functions. Expectation maximization finds the probabilities and the shares
 * of the labels without knowing any label:
 *
 * <p>E: q(y | votes) is proportional to share[y] prod_j (p[j][y] if j votes, else 1 - p[j][y]).
 * M: p[j][y] = (sum of q(y) over the rows for which j votes + 1/2) / (sum of q(y) + 1), and share[y] in the same way.
 *
 * <p>The halves are the prior of Jeffreys: a function with few votes is neither always right nor always wrong. It starts with
 * the shares of each row's votes, so the labels keep their meaning. Rows without a vote do not count. Rows with equal votes are
 * computed once, so time and memory grow with the number of different votes.
 *
 * @see <a href="https://doi.org/10.2307/2346806">Dawid and Skene, 1979: Maximum likelihood estimation of observer error-rates
 *     using the EM algorithm</a>
 */
final class DawidSkene {
    /** The most steps; agreement converges long before. */
    static final int MAX_STEPS = 1000;

    /** The largest change of a probability in the last step. */
    static final double TOLERANCE = 1e-9;

    private static final double PRIOR = 0.5;

    private final int[] labels;
    private final double[][] vote;
    private final double[] share;

    private DawidSkene(int[] labels, int count) {
        this.labels = labels;
        vote = new double[labels.length][count];
        share = new double[count];
    }

    /**
     * Fits the model.
     *
     * @param labels number of the label that each function votes for
     * @param count number of different labels
     * @param rows number of rows with these votes
     */
    static DawidSkene fit(int[] labels, int count, SortedMap<Votes, Long> rows) {
        DawidSkene model = new DawidSkene(labels, count);
        double[][] q = new double[rows.size()][];
        int at = 0;
        for (Votes votes : rows.keySet()) {
            q[at++] = model.counted(votes);
        }
        double change = model.maximize(rows, q);
        for (int step = 0; step < MAX_STEPS && change > TOLERANCE; step++) {
            at = 0;
            for (Votes votes : rows.keySet()) {
                q[at++] = model.posterior(votes);
            }
            change = model.maximize(rows, q);
        }
        return model;
    }

    /** The share of each label among a row's votes. */
    private double[] counted(Votes votes) {
        double[] counts = new double[share.length];
        for (int j = 0; j < labels.length; j++) {
            counts[labels[j]] += votes.has(j) ? 1 : 0;
        }
        double sum = Arrays.stream(counts).sum();
        return Arrays.stream(counts).map(votesFor -> votesFor / sum).toArray();
    }

    /** The probabilities that fit these labels best; returns their largest change. */
    private double maximize(SortedMap<Votes, Long> rows, double[][] q) {
        double[] weight = new double[share.length];
        double[][] voted = new double[labels.length][share.length];
        double all = 0;
        int at = 0;
        for (Map.Entry<Votes, Long> row : rows.entrySet()) {
            double[] own = q[at++];
            all += row.getValue();
            for (int y = 0; y < share.length; y++) {
                double part = row.getValue() * own[y];
                weight[y] += part;
                for (int j = 0; j < labels.length; j++) {
                    voted[j][y] += row.getKey().has(j) ? part : 0;
                }
            }
        }
        double change = 0;
        for (int y = 0; y < share.length; y++) {
            double next = (weight[y] + PRIOR) / (all + share.length * PRIOR);
            change = Math.max(change, Math.abs(next - share[y]));
            share[y] = next;
            for (int j = 0; j < labels.length; j++) {
                double p = (voted[j][y] + PRIOR) / (weight[y] + 2 * PRIOR);
                change = Math.max(change, Math.abs(p - vote[j][y]));
                vote[j][y] = p;
            }
        }
        return change;
    }

    /** The probability of each label for a row with these votes. */
    double[] posterior(Votes votes) {
        double[] log = new double[share.length];
        for (int y = 0; y < log.length; y++) {
            log[y] = Math.log(share[y]);
            for (int j = 0; j < labels.length; j++) {
                log[y] += Math.log(votes.has(j) ? vote[j][y] : 1 - vote[j][y]);
            }
        }
        double largest = Arrays.stream(log).max().orElse(0);
        double[] likely = Arrays.stream(log).map(l -> Math.exp(l - largest)).toArray();
        double sum = Arrays.stream(likely).sum();
        return Arrays.stream(likely).map(l -> l / sum).toArray();
    }
}
