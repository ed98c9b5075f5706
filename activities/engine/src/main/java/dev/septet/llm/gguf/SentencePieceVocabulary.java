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
 * Converts between the two forms of SentencePiece's byte-pair encoding. GGUF gives each piece a
 * score: of all adjacent pairs, the pair that produces the piece with the highest score is merged
 * first. tokenizer.json lists the pairs in merge order. Both forms are equivalent if every pair
 * that produces a piece is listed, and the pairs of a piece follow one another.
 */
final class SentencePieceVocabulary {
    /** The replacement of a space. */
    static final String SPACE = "\u2581";

    private SentencePieceVocabulary() {}

    /** Two adjacent pieces that are merged into one. */
    record Pair(String left, String right) {
        String joined() {
            return left + right;
        }
    }

    /**
     * The merges that are equivalent to the scores.
     *
     * @param scores of the pieces that merges may produce
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
     * Finds two pieces with the same score that merges produce. Which one is merged first depends
     * on their positions in a text, and no list of merges can express that.
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

    /** Scores 0, -1, -2, ... in the order in which the merges first produce each piece. */
    static Map<String, Float> scores(List<Pair> merges) {
        Map<String, Float> scores = new HashMap<>();
        for (Pair pair : merges) {
            scores.putIfAbsent(pair.joined(), (float) -scores.size());
        }
        return scores;
    }

    /**
     * Pairs that the scores would merge and that the list lacks.
     *
     * @param pieces all pieces that merges may produce
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

    /** Pairs that are separated from earlier pairs of the same piece by pairs of other pieces. */
    static List<Pair> separated(List<Pair> merges) {
        Set<String> started = new HashSet<>();
        List<Pair> separated = new ArrayList<>();
        String latest = "";
        for (Pair pair : merges) {
            String piece = pair.joined();
            if (!started.add(piece) && !piece.equals(latest)) {
                separated.add(pair);
            }
            latest = piece;
        }
        return separated;
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
