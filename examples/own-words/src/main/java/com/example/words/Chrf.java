package com.example.words;

import dev.septet.activities.evaluate.metric.Metric;
import dev.septet.activities.evaluate.metric.MetricExtension;
import dev.septet.activities.evaluate.metric.Outcome;
import dev.septet.dsl.extension.ExtensionWord;
import dev.septet.dsl.extension.WordOption;
import dev.septet.dsl.pipeline.ExtensionSpec;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * chrF: the F-score of character n-grams, over the corpus, from 0 to 100. Spaces do not count, as in
 * sacrebleu.
 *
 * @see <a href="https://aclanthology.org/W15-3049/">Popovic, 2015</a>
 */
public final class Chrf implements MetricExtension {
    @Override
    public ExtensionWord word() {
        return ExtensionWord.metric(
                "chrf",
                "F-score of the character n-grams of the answers, from 0 to 100.",
                100,
                WordOption.wholeNumber("order", "Length of the longest n-gram.", 6, 1, 10),
                WordOption.number("beta", "How much more recall counts than precision.", 2, 0.1, 10));
    }

    @Override
    public Metric metric(ExtensionSpec used) {
        return new Scored((int) used.wholeNumber("order"), used.number("beta"));
    }

    /** Tallies are three sums for each length: n-grams of the answer, of the reference, of both. */
    private record Scored(int order, double beta) implements Metric {
        @Override
        public String name() {
            return "chrf";
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
            double[] tally = new double[3 * order];
            String answer = outcome.answer();
            if (answer == null) {
                Arrays.fill(tally, Double.NaN);
                return tally;
            }
            for (int length = 1; length <= order; length++) {
                Map<String, Integer> written = grams(answer, length);
                Map<String, Integer> expected = grams(outcome.reference(), length);
                int at = 3 * (length - 1);
                tally[at] = expected.isEmpty() ? 0 : sum(written);
                tally[at + 1] = sum(expected);
                written.forEach((gram, count) -> tally[at + 2] += Math.min(count, expected.getOrDefault(gram, 0)));
            }
            return tally;
        }

        @Override
        public double score(double[] sums) {
            double precision = 0;
            double recall = 0;
            int lengths = 0;
            for (int at = 0; at < sums.length; at += 3) {
                if (Double.isNaN(sums[at])) {
                    return Double.NaN;
                }
                if (sums[at] > 0 && sums[at + 1] > 0) {
                    precision += sums[at + 2] / sums[at];
                    recall += sums[at + 2] / sums[at + 1];
                    lengths++;
                }
            }
            if (lengths == 0 || precision + recall == 0) {
                return 0;
            }
            precision /= lengths;
            recall /= lengths;
            double weight = beta * beta;
            return 100 * (1 + weight) * precision * recall / (weight * precision + recall);
        }

        private static Map<String, Integer> grams(String text, int length) {
            int[] characters =
                    text.codePoints().filter(c -> !Character.isWhitespace(c)).toArray();
            Map<String, Integer> grams = new HashMap<>();
            for (int at = 0; at + length <= characters.length; at++) {
                grams.merge(new String(characters, at, length), 1, Integer::sum);
            }
            return grams;
        }

        private static int sum(Map<String, Integer> grams) {
            return grams.values().stream().mapToInt(count -> count).sum();
        }
    }
}
