package dev.septet.examples.tokenizer;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Learns byte-pair merges: repeatedly, the most frequent pair of adjacent tokens becomes one token.
 *
 * @see <a href="https://arxiv.org/abs/1508.07909">Sennrich, Haddow and Birch, 2016</a>
 */
public final class BytePairs {
    /** A pair of tokens that is merged into one. */
    public record Merge(String left, String right) {
        String joined() {
            return left + right;
        }
    }

    /** Least count of a merged pair: a pair that occurs once is not a pattern. */
    private static final long MIN = 2;

    private static final Comparator<Map.Entry<Merge, Long>> BEST = Map.Entry.<Merge, Long>comparingByValue()
            .thenComparing(Map.Entry.<Merge, Long>comparingByKey(
                            Comparator.comparing(Merge::left).thenComparing(Merge::right))
                    .reversed());

    private final Map<String, Long> pieces = new TreeMap<>();

    /** Counts a text's pieces. */
    public void read(String text) {
        PreTokenizer.pieces(text).forEach(piece -> pieces.merge(piece, 1L, Long::sum));
    }

    /** Learns at most {@code max} merges; fewer when no remaining pair occurs twice. */
    public List<Merge> learn(int max) {
        List<List<String>> words = new ArrayList<>();
        List<Long> counts = new ArrayList<>();
        pieces.forEach((piece, count) -> {
            words.add(ByteAlphabet.spell(piece));
            counts.add(count);
        });
        List<Merge> merges = new ArrayList<>();
        while (merges.size() < max) {
            var best = pairs(words, counts).entrySet().stream().max(BEST);
            if (best.isEmpty() || best.get().getValue() < MIN) {
                break;
            }
            Merge merge = best.get().getKey();
            merges.add(merge);
            words.forEach(word -> apply(merge, word));
        }
        return merges;
    }

    private static Map<Merge, Long> pairs(List<List<String>> words, List<Long> counts) {
        Map<Merge, Long> pairs = new HashMap<>();
        for (int w = 0; w < words.size(); w++) {
            List<String> word = words.get(w);
            for (int i = 1; i < word.size(); i++) {
                pairs.merge(new Merge(word.get(i - 1), word.get(i)), counts.get(w), Long::sum);
            }
        }
        return pairs;
    }

    private static void apply(Merge merge, List<String> word) {
        for (int i = 0; i + 1 < word.size(); i++) {
            if (word.get(i).equals(merge.left()) && word.get(i + 1).equals(merge.right())) {
                word.set(i, merge.joined());
                word.remove(i + 1);
            }
        }
    }
}
