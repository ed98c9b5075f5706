package dev.septet.activities.evaluate.metric;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** Words, n-grams of tokens, and their counts. */
public final class NGrams {
    private static final Pattern WORD = Pattern.compile("[\\p{L}\\p{M}\\p{Nd}]++");

    private NGrams() {}

    /** The words of a text of any script, in lower case: sequences of letters, marks and digits. */
    public static List<String> words(String text) {
        return WORD.matcher(text.toLowerCase(Locale.ROOT))
                .results()
                .map(MatchResult::group)
                .toList();
    }

    /** Counts of the n-grams; empty when there are fewer tokens than n. */
    public static Map<List<String>, Integer> of(List<String> tokens, int n) {
        Map<List<String>, Integer> counts = new HashMap<>();
        for (int from = 0; from + n <= tokens.size(); from++) {
            counts.merge(tokens.subList(from, from + n), 1, Integer::sum);
        }
        return counts;
    }

    /** Number of shared n-grams, each counted with the smaller of its two counts. */
    public static int shared(Map<List<String>, Integer> one, Map<List<String>, Integer> other) {
        int shared = 0;
        for (Map.Entry<List<String>, Integer> run : one.entrySet()) {
            shared += Math.min(run.getValue(), other.getOrDefault(run.getKey(), 0));
        }
        return shared;
    }
}
