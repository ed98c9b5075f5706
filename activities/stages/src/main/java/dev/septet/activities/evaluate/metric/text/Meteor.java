package dev.septet.activities.evaluate.metric.text;

import dev.septet.activities.evaluate.metric.MeanOfRows;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import opennlp.tools.stemmer.PorterStemmer;

/**
 * METEOR with two of its stages: equal words, then words with equal English stems (Porter). The stage of WordNet's synonyms
 * is left out, because Septet brings no WordNet. Scores are therefore at most those of a METEOR with synonyms.
 *
 * <p>Words are runs of letters, digits and underscores in lower case. With precision P and recall R of the matched words,
 * F = P R / (0.9 P + 0.1 R), and the score is F (1 - 0.5 (chunks / matches)^3). A chunk is a longest run of matches that
 * are neighbours in both texts. The constants and the alignment are nltk's.
 *
 * @see <a href="https://aclanthology.org/W07-0734">Lavie and Agarwal, 2007</a>
 */
public final class Meteor extends MeanOfRows {
    private static final double ALPHA = 0.9;
    private static final double BETA = 3;
    private static final double GAMMA = 0.5;

    @Override
    public String name() {
        return "meteor";
    }

    @Override
    protected double row(String reference, String answer) {
        List<String> expected = words(reference);
        List<String> found = words(answer);
        int[] places = new int[found.size()]; // place in the reference plus one; 0 = not matched
        boolean[] used = new boolean[expected.size()];
        align(found, expected, places, used);
        align(stems(found), stems(expected), places, used);
        int matches = 0;
        int chunks = 0;
        for (int at = 0; at < places.length; at++) {
            if (places[at] > 0) {
                matches++;
                chunks += at > 0 && places[at - 1] > 0 && places[at] == places[at - 1] + 1 ? 0 : 1;
            }
        }
        if (matches == 0) {
            return 0;
        }
        double precision = (double) matches / found.size();
        double recall = (double) matches / expected.size();
        double f = precision * recall / (ALPHA * precision + (1 - ALPHA) * recall);
        return f * (1 - GAMMA * Math.pow((double) chunks / matches, BETA));
    }

    /** Matches equal words that are still free, from the ends of both texts. */
    private static void align(List<String> found, List<String> expected, int[] places, boolean[] used) {
        Map<String, List<Integer>> free = new HashMap<>();
        for (int at = 0; at < used.length; at++) {
            if (!used[at]) {
                free.computeIfAbsent(expected.get(at), word -> new ArrayList<>())
                        .add(at);
            }
        }
        for (int at = places.length - 1; at >= 0; at--) {
            List<Integer> candidates = free.getOrDefault(found.get(at), List.of());
            if (places[at] == 0 && !candidates.isEmpty()) {
                int place = candidates.remove(candidates.size() - 1);
                places[at] = place + 1;
                used[place] = true;
            }
        }
    }

    private static List<String> words(String text) {
        return PlainWords.letters(text.toLowerCase(Locale.ROOT));
    }

    private static List<String> stems(List<String> words) {
        PorterStemmer stemmer = new PorterStemmer();
        Map<String, String> known = new TreeMap<>();
        return words.stream()
                .map(word -> known.computeIfAbsent(word, stemmer::stem))
                .toList();
    }
}
