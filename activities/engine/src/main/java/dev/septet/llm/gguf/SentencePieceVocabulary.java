package dev.septet.llm.gguf;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;

/**
 * SentencePiece's two spellings of byte-pair encoding. GGUF gives each piece a score: of two
 * neighbours, those are joined first that make the piece of highest score. tokenizer.json lists the
 * pairs in the order in which they are joined. Both say the same where every pair that makes a
 * piece is listed, and the pairs of a piece one after the other.
 */
final class SentencePieceVocabulary {
    /** What a space is written as. */
    static final String SPACE = "\u2581";

    private SentencePieceVocabulary() {}

    /** Two neighbours that become one. */
    record Pair(String left, String right) {
        String joined() {
            return left + right;
        }
    }

    /**
     * The pairs by scores.
     *
     * @param scores of the pieces that may be joined
     */
    static List<Pair> merges(Map<String, Float> scores) {
        List<String> pieces = new ArrayList<>(scores.keySet());
        pieces.sort(Comparator.comparingDouble((String piece) -> -scores.getOrDefault(piece, 0f))
                .thenComparing(Comparator.naturalOrder()));
        List<Pair> merges = new ArrayList<>();
        for (String piece : pieces) {
            List<Pair> splits = splits(piece, scores::containsKey);
            splits.sort(Comparator.comparingDouble((Pair pair) -> -scores.getOrDefault(pair.left(), 0f))
                    .thenComparingDouble(pair -> -scores.getOrDefault(pair.right(), 0f)));
            merges.addAll(splits);
        }
        return merges;
    }

    /**
     * Two pieces of one score that pairs make: which pair is joined first depends on where in a
     * text they stand, and no list of pairs says that.
     */
    static Optional<Pair> tied(Map<String, Float> scores) {
        Map<Float, String> seen = new HashMap<>();
        for (String piece : new TreeSet<>(scores.keySet())) {
            if (!splits(piece, scores::containsKey).isEmpty()) {
                String other = seen.putIfAbsent(scores.getOrDefault(piece, 0f), piece);
                if (other != null) {
                    return Optional.of(new Pair(other, piece));
                }
            }
        }
        return Optional.empty();
    }

    /** Scores 0, -1, -2, ... in the order in which the pairs first make each piece. */
    static Map<String, Float> scores(List<Pair> merges) {
        Map<String, Float> scores = new HashMap<>();
        for (Pair pair : merges) {
            scores.putIfAbsent(pair.joined(), (float) -scores.size());
        }
        return scores;
    }

    /**
     * Pairs that scores would join, and the list does not.
     *
     * @param pieces all that may be joined
     */
    static List<Pair> unlisted(List<Pair> merges, Set<String> pieces) {
        Set<Pair> listed = new HashSet<>(merges);
        List<Pair> unlisted = new ArrayList<>();
        for (String piece : pieces) {
            for (Pair pair : splits(piece, pieces::contains)) {
                if (!listed.contains(pair)) {
                    unlisted.add(pair);
                }
            }
        }
        return unlisted;
    }

    /** Pairs between which and their piece's earlier ones pairs of other pieces are listed. */
    static List<Pair> apart(List<Pair> merges) {
        Set<String> begun = new HashSet<>();
        List<Pair> apart = new ArrayList<>();
        String latest = "";
        for (Pair pair : merges) {
            String piece = pair.joined();
            if (!begun.add(piece) && !piece.equals(latest)) {
                apart.add(pair);
            }
            latest = piece;
        }
        return apart;
    }

    private static List<Pair> splits(String piece, Predicate<String> known) {
        List<Pair> splits = new ArrayList<>();
        for (int at = 1; at < piece.length(); at++) {
            if (!Character.isLowSurrogate(piece.charAt(at))) {
                Pair pair = new Pair(piece.substring(0, at), piece.substring(at));
                if (known.test(pair.left()) && known.test(pair.right())) {
                    splits.add(pair);
                }
            }
        }
        return splits;
    }
}
