package dev.septet.activities.evaluate.cluster;

import dev.septet.activities.evaluate.metric.NGrams;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Finds the words that are common in some rows and rare in the others. A row counts a word once. The order is that of the
 * log-odds ratio divided by its standard deviation, with a Dirichlet prior of the words of all rows. The prior is as strong
 * as the words of the rows.
 *
 * @see <a href="https://doi.org/10.1093/pan/mpn018">Monroe, Colaresi and Quinn, 2008: Fightin' Words, section 3.5</a>
 */
final class CommonestWords {
    /** A word of fewer rows may be that of one person. */
    static final int LEAST_ROWS = 3;

    private static final int MOST_WORDS = 8;
    private static final int LONGEST = 40;

    /** Words of the first characters of a text; a longer text has been cut for its vector too. */
    private static final int MOST_CHARACTERS = 16_000;

    /** The 97.5 % quantile of the normal distribution. */
    private static final double SURE = 1.959963984540054;

    private final List<String> texts;
    private final Map<Integer, Set<String>> known = new HashMap<>();

    /** Of the texts of all rows, of which only those that are compared are read. */
    CommonestWords(List<String> texts) {
        this.texts = texts;
    }

    private static Set<String> words(String text) {
        Set<String> words = new HashSet<>();
        for (String word : NGrams.words(text.substring(0, Math.min(MOST_CHARACTERS, text.length())))) {
            if (word.length() <= LONGEST && word.codePoints().anyMatch(Character::isLetter)) {
                words.add(word);
            }
        }
        return words;
    }

    /**
     * The words that tell some rows from others, the clearest first.
     *
     * @param inside rows of the texts
     * @param outside the rows to compare with
     */
    List<ErrorClusters.NamedWord> of(List<Integer> inside, List<Integer> outside) {
        Map<String, Integer> own = counts(inside);
        Map<String, Integer> other = counts(outside);
        double prior = sum(own);
        double rest = sum(other);
        Map<String, Double> scores = new TreeMap<>();
        own.forEach((word, count) -> {
            int beside = other.getOrDefault(word, 0);
            double expected = prior * (count + beside) / (prior + rest);
            double here = count + expected;
            double there = beside + expected;
            double difference = Math.log(here / (prior + prior - here)) - Math.log(there / (rest + prior - there));
            double score = difference / Math.sqrt(1 / here + 1 / there);
            if (count >= LEAST_ROWS && (score >= SURE || outside.isEmpty())) {
                scores.put(word, outside.isEmpty() ? count : score);
            }
        });
        return scores.entrySet().stream()
                .sorted(Map.Entry.<String, Double>comparingByValue(Comparator.reverseOrder())
                        .thenComparing(Map.Entry.comparingByKey()))
                .limit(MOST_WORDS)
                .map(entry -> new ErrorClusters.NamedWord(entry.getKey(), own.getOrDefault(entry.getKey(), 0)))
                .toList();
    }

    private Map<String, Integer> counts(List<Integer> rows) {
        Map<String, Integer> counts = new TreeMap<>();
        for (int row : rows) {
            known.computeIfAbsent(row, at -> words(texts.get(at))).forEach(word -> counts.merge(word, 1, Integer::sum));
        }
        return counts;
    }

    private static double sum(Map<String, Integer> counts) {
        double sum = 0;
        for (int count : counts.values()) {
            sum += count;
        }
        return sum;
    }
}
