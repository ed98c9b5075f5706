package dev.septet.activities.evaluate.check;

import dev.septet.activities.evaluate.metric.NGrams;
import java.util.List;

/**
 * F-measure of the words that two texts have in common, of any script: the harmonic mean of the shares of common words.
 *
 * @see <a href="https://arxiv.org/abs/1606.05250">Rajpurkar et al., 2016: SQuAD</a>, whose F1 also removes articles
 */
final class CommonWords {
    private CommonWords() {}

    /** From 0 to 1; 1 for two texts without words. */
    static double f1(String one, String other) {
        List<String> first = NGrams.words(one);
        List<String> second = NGrams.words(other);
        int all = first.size() + second.size();
        return all == 0 ? 1 : 2.0 * NGrams.shared(NGrams.of(first, 1), NGrams.of(second, 1)) / all;
    }
}
