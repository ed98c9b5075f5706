package dev.septet.llm.train;

import dev.septet.llm.runtime.CounterRandom;

import java.util.List;
import java.util.stream.IntStream;

/**
 * The rows of each epoch: all of the training split and, behind them, a share of general ones. The
 * general set is gone through pass after pass, each in a fresh order, so that all its rows are
 * replayed equally often; which come in an epoch depends on seed and epoch alone.
 */
final class EpochRows {
    private final TokenDataset train;
    private final TokenDataset general;
    private final int replayed;
    private final CounterRandom random;
    private long pass = -1;
    private int[] permutation = {};

    EpochRows(TrainingInputs inputs, TrainingPlan plan) {
        this.train = inputs.train();
        this.replayed = plan.preservation().replayed(train.examples());
        this.general = inputs.general().orElse(train);
        this.random = CounterRandom.stream(plan.seed(), "replay");
    }

    /** A row where it lies. */
    record Place(TokenDataset data, int row) {
        int length() {
            return data.length(row);
        }

        int lossTokens() {
            return data.lossTokens(row);
        }

        TokenDataset.Row tokens() {
            return data.row(row);
        }
    }

    /** Examples of an epoch: rows, or pairs of them. */
    int count() {
        return train.examples() + replayed;
    }

    /** Tokens of the files that the rows come from. */
    long tokens() {
        return train.tokens() + (replayed == 0 ? 0 : general.tokens());
    }

    /**
     * The rows of an example of an epoch.
     *
     * @param index from 0 to below {@link #count}
     */
    List<Place> at(int epoch, int index) {
        if (index < train.examples()) {
            int each = train.rowsPerExample();
            return IntStream.range(index * each, (index + 1) * each)
                    .mapToObj(row -> new Place(train, row))
                    .toList();
        }
        long drawn = (long) epoch * replayed + index - train.examples();
        long wanted = drawn / general.rows();
        if (pass != wanted) {
            pass = wanted;
            permutation = random.at(pass).permutation(general.rows());
        }
        return List.of(new Place(general, permutation[(int) (drawn % general.rows())]));
    }
}
