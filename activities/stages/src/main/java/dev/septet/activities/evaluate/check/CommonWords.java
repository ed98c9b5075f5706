package dev.septet.activities.evaluate.check;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * F-measure of the words that two texts have in common, of any script: the harmonic mean of the shares of common words.
 *
 * @see <a href="https://arxiv.org/abs/1606.05250">Rajpurkar et al., 2016: SQuAD</a>, whose F1 also removes articles
 */
final class CommonWords {
    private static final Pattern WORD = Pattern.compile("[\\p{L}\\p{M}\\p{Nd}]++");

    private CommonWords() {}

    /** From 0 to 1; 1 for two texts without words. */
    static double f1(String one, String other) {
        Map<String, Integer> first = count(one);
        Map<String, Integer> second = count(other);
        int all = total(first) + total(second);
        int common = 0;
        for (Map.Entry<String, Integer> word : first.entrySet()) {
            common += Math.min(word.getValue(), second.getOrDefault(word.getKey(), 0));
        }
        return all == 0 ? 1 : 2.0 * common / all;
    }

    private static int total(Map<String, Integer> words) {
        return words.values().stream().mapToInt(Integer::intValue).sum();
    }

    private static Map<String, Integer> count(String text) {
        Map<String, Integer> words = new HashMap<>();
        Matcher found = WORD.matcher(text.toLowerCase(Locale.ROOT));
        while (found.find()) {
            words.merge(found.group(), 1, Integer::sum);
        }
        return words;
    }
}
