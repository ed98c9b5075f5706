package dev.septet.llm.train.data;

import dev.septet.llm.runtime.CounterRandom;
import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * The order in which general rows are replayed. The set is replayed in passes, so all rows occur
 * equally often. Each pass has its own order.
 *
 * <p>Any part of a pass has about the same mix of short and long answers as the whole set. So equal
 * numbers of rows carry about equal numbers of loss-carrying tokens. For that, rows are ranked by
 * their number of loss-carrying tokens; ties are ranked at random. The ranks r are then sorted by
 * the fractional part of u + r g. The offset u is random per pass, and g is the golden ratio, whose
 * multiples are distributed most evenly.
 *
 * @see <a
 *     href="https://en.wikipedia.org/wiki/Low-discrepancy_sequence#Additive_recurrence">Additive
 *     recurrence</a>
 */
final class ReplayOrder {
    private static final double GOLDEN_RATIO = (1 + Math.sqrt(5)) / 2;

    private final int[] lossTokens;
    private final CounterRandom random;
    private long pass = -1;
    private int[] order = {};

    ReplayOrder(TokenDataset general, long seed) {
        this.lossTokens =
                IntStream.range(0, general.rows()).map(general::lossTokens).toArray();
        this.random = CounterRandom.stream(seed, "replay");
    }

    /**
     * The next row to replay.
     *
     * @param replayedBefore the number of rows that the run has replayed before; at least 0
     */
    int row(long replayedBefore) {
        long passIndex = replayedBefore / lossTokens.length;
        if (pass != passIndex) {
            pass = passIndex;
            order = order(random.at(pass));
        }
        return order[(int) (replayedBefore % lossTokens.length)];
    }

    private int[] order(CounterRandom numbers) {
        int rows = lossTokens.length;
        int[] ranked = Arrays.stream(numbers.permutation(rows))
                .boxed()
                .sorted(Comparator.comparingInt(row -> lossTokens[row]))
                .mapToInt(Integer::intValue)
                .toArray();
        double first = numbers.uniform(rows); // the permutation used the counters below
        return IntStream.range(0, rows)
                .boxed()
                .sorted(Comparator.comparingDouble(rank -> (first + rank * GOLDEN_RATIO) % 1))
                .mapToInt(rank -> ranked[rank])
                .toArray();
    }
}
