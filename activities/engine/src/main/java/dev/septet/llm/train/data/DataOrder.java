package dev.septet.llm.train.data;

import dev.septet.llm.runtime.CounterRandom;
import java.util.Arrays;

/**
 * Assigns rows to steps: a new permutation per epoch, as a function of seed and epoch only. The
 * last step of an epoch takes the remaining rows.
 */
public final class DataOrder {
    private final int rows;
    private final int rowsPerStep;
    private final CounterRandom random;
    private int epoch = -1;
    private int[] permutation = {};

    public DataOrder(int rows, int rowsPerStep, long seed) {
        this.rows = rows;
        this.rowsPerStep = rowsPerStep;
        this.random = CounterRandom.stream(seed, "order");
    }

    public int epochOf(int step) {
        return step / stepsPerEpoch();
    }

    public int[] rowsOf(int step) {
        if (epoch != epochOf(step)) {
            epoch = epochOf(step);
            permutation = random.at(epoch).permutation(rows);
        }
        int from = step % stepsPerEpoch() * rowsPerStep;
        return Arrays.copyOfRange(permutation, from, Math.min(rows, from + rowsPerStep));
    }

    private int stepsPerEpoch() {
        return (rows + rowsPerStep - 1) / rowsPerStep;
    }
}
