package dev.septet.activities.evaluate.metric;

import java.util.List;

/**
 * Corpus BLEU, from 0 to 100: the geometric mean of the clipped n-gram precisions for n = 1 to 4,
 * times the brevity penalty exp(1 - reference length / answer length) when the answers are shorter.
 * Precisions of zero are smoothed by halving (NIST); the tokenizer is mteval-v13a. This is
 * sacrebleu's default score.
 *
 * <p>A row's tally: n-gram matches for n = 1 to 4, n-gram counts for n = 1 to 4, answer length,
 * reference length, in tokens.
 *
 * @see <a href="https://aclanthology.org/P02-1040">Papineni et al., 2002</a>
 */
public final class Bleu implements Metric {
    private static final int ORDERS = 4;

    @Override
    public String name() {
        return "bleu";
    }

    @Override
    public boolean lowerIsBetter() {
        return false;
    }

    @Override
    public boolean readsAnswer() {
        return true;
    }

    @Override
    public double[] tally(Outcome outcome) {
        double[] tally = new double[2 * ORDERS + 2];
        String text = outcome.answer();
        if (text == null) {
            tally[0] = Double.NaN;
            return tally;
        }
        List<String> answer = Tokens13a.of(text);
        List<String> reference = Tokens13a.of(outcome.reference());
        for (int n = 1; n <= ORDERS; n++) {
            tally[n - 1] = NGrams.shared(NGrams.of(answer, n), NGrams.of(reference, n));
            tally[ORDERS + n - 1] = Math.max(0, answer.size() - n + 1);
        }
        tally[2 * ORDERS] = answer.size();
        tally[2 * ORDERS + 1] = reference.size();
        return tally;
    }

    @Override
    public double score(double[] sums) {
        if (Double.isNaN(sums[0])) {
            return Double.NaN;
        }
        double logs = 0;
        double halving = 1;
        boolean matched = false;
        for (int n = 0; n < ORDERS; n++) {
            double matches = sums[n];
            double runs = sums[ORDERS + n];
            if (runs == 0) {
                return 0;
            }
            matched |= matches > 0;
            if (matches == 0) {
                halving *= 2;
                matches = 1 / halving;
            }
            logs += Math.log(matches / runs);
        }
        return matched ? 100 * brevity(sums) * Math.exp(logs / ORDERS) : 0;
    }

    private static double brevity(double[] sums) {
        double answer = sums[2 * ORDERS];
        double reference = sums[2 * ORDERS + 1];
        return answer < reference ? Math.exp(1 - reference / answer) : 1;
    }
}
