package dev.septet.activities.evaluate.metric;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * ROUGE's F1: overlap of answer and reference, the harmonic mean of its share of either. Tokens are
 * runs of ASCII letters and digits in lower case, unstemmed, as the rouge-score package has them;
 * text without any scores 0.
 *
 * @see <a href="https://aclanthology.org/W04-1013">Lin, 2004</a>
 */
abstract class Rouge extends MeanOfRows {
    @Override
    final double row(String reference, String answer) {
        return f1(tokens(reference), tokens(answer));
    }

    abstract double f1(List<String> reference, List<String> answer);

    /** F1 of an overlap, given what answer and reference hold of whatever overlaps. */
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
