package dev.septet.activities.evaluate.metric.text;

import dev.septet.activities.evaluate.metric.MeanOfRows;
import dev.septet.activities.evaluate.metric.NGrams;
import java.util.List;

/**
 * F1 of the common words of answer and reference in their normal forms by SQuAD's rules, see {@link SquadText}. Where one
 * of them has no words, the score is 1 if neither has any, else 0.
 */
public final class SquadF1 extends MeanOfRows {
    @Override
    public String name() {
        return "squadF1";
    }

    @Override
    protected double row(String reference, String answer) {
        List<String> expected = SquadText.words(reference);
        List<String> found = SquadText.words(answer);
        if (expected.isEmpty() || found.isEmpty()) {
            return expected.equals(found) ? 1 : 0;
        }
        return 2.0 * NGrams.shared(NGrams.of(found, 1), NGrams.of(expected, 1)) / (found.size() + expected.size());
    }
}
