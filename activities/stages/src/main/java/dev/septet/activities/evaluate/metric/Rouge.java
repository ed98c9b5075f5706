package dev.septet.activities.evaluate.metric;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * ROUGE F1: the harmonic mean of precision and recall of the overlap of answer and reference.
 * Tokens are runs of ASCII letters and digits in lower case, without stemming, as in the
 * rouge-score package. A text without tokens scores 0.
 *
 * @see <a href="https://aclanthology.org/W04-1013">Lin, 2004</a>
 */
abstract class Rouge extends MeanOfRows {
    @Override
    protected final double row(String reference, String answer) {
        return f1(tokens(reference), tokens(answer));
    }

    abstract double f1(List<String> reference, List<String> answer);

    /**
     * F1 of an overlap.
     *
     * @param answer number of units in the answer
     * @param reference number of units in the reference
     */
    static double f1(int overlap, int answer, int reference) {
        return overlap == 0 ? 0 : 2.0 * overlap / (answer + reference);
    }

    private static List<String> tokens(String text) {
        List<String> tokens = new ArrayList<>();
        StringBuilder token = new StringBuilder();
        for (char c : (text.toLowerCase(Locale.ROOT) + ' ').toCharArray()) {
            if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) {
                token.append(c);
            } else if (token.length() > 0) {
                tokens.add(token.toString());
                token.setLength(0);
            }
        }
        return tokens;
    }
}
