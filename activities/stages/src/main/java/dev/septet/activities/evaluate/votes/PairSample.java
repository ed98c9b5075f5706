package dev.septet.activities.evaluate.votes;

import dev.septet.activities.store.Sha256;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Which pairs of a set of rows people vote on: a random part, drawn by a seed. The same pairs, seed and number give the same
 * sample, so that an evaluation knows which rows lack a vote.
 *
 * @param set name of the set; empty for the test split
 * @param against the other model: {@code baseline}, {@code champion}, or the id of a run
 * @param seed of the draw, and of the order of answers
 * @param pairs number of different pairs of the set
 * @param rows number of drawn pairs
 * @param digest of the ids of the drawn pairs
 */
public record PairSample(String set, String against, long seed, int pairs, int rows, String digest) {
    /**
     * Draws a sample.
     *
     * @param ids of the set's pairs, also more than once
     * @param rows at most this many
     */
    public static PairSample of(String set, String against, long seed, Collection<String> ids, int rows) {
        List<String> drawn = drawn(seed, ids, rows);
        return new PairSample(
                set,
                against,
                seed,
                (int) ids.stream().distinct().count(),
                drawn.size(),
                Sha256.of(String.join("\n", drawn)));
    }

    /** The ids of the drawn pairs, sorted. */
    public List<String> of(Collection<String> ids) {
        return drawn(seed, ids, rows);
    }

    /**
     * Whether this sample was drawn from these pairs.
     *
     * @param ids each once
     */
    boolean fits(String name, Set<String> ids) {
        return set.equals(name)
                && pairs == ids.size()
                && rows <= pairs
                && of(name, against, seed, ids, rows).equals(this);
    }

    private static List<String> drawn(long seed, Collection<String> ids, int rows) {
        Map<String, String> order = new TreeMap<>();
        ids.forEach(id -> order.put(Sha256.of(String.format(Locale.ROOT, "sample\n%d\n%s", seed, id)), id));
        return order.values().stream().limit(rows).sorted().toList();
    }
}
