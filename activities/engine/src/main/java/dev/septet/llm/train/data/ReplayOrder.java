package dev.septet.llm.train.data;

import dev.septet.llm.runtime.CounterRandom;
import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * The order in which general rows are replayed: the set pass after pass, so that all its rows come
 * equally often, each pass in an order of its own.
 *
 * <p>Any stretch of a pass has short and long answers as the whole set has them, so that equally
 * many rows carry about equally much loss. For that, rows are ranked by their loss-carrying tokens,
 * equals by lot, and rank r has the place that the fractional part of u + r g has among all ranks;
 * u is drawn anew for each pass, and g is the golden ratio, whose multiples lie most evenly.
 *
 * @see <a href="https://en.wikipedia.org/wiki/Low-discrepancy_sequence#Additive_recurrence">
 *     Additive recurrence</a>
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
     * The row that is replayed after so many others, counted from the run's beginning.
     *
     * @param drawn at least 0
     */
    int row(long drawn) {
        long wanted = drawn / lossTokens.length;
        if (pass != wanted) {
            pass = wanted;
            order = order(random.at(pass));
        }
        return order[(int) (drawn % lossTokens.length)];
    }

    private int[] order(CounterRandom lots) {
        int rows = lossTokens.length;
        int[] ranked = Arrays.stream(lots.permutation(rows))
                .boxed()
                .sorted(Comparator.comparingInt(row -> lossTokens[row]))
                .mapToInt(Integer::intValue)
                .toArray();
        double first = lots.uniform(rows); // the permutation used those before
        return IntStream.range(0, rows)
                .boxed()
                .sorted(Comparator.comparingDouble(rank -> (first + rank * GOLDEN_RATIO) % 1))
                .mapToInt(rank -> ranked[rank])
                .toArray();
    }
}
