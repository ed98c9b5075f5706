package dev.septet.llm.train.data;

import dev.septet.llm.train.TrainingInputs;
import dev.septet.llm.train.plan.TrainingPlan;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * The rows of each epoch: the whole training split or as many rows drawn by their weights, followed by enough general rows to carry their
 * share of the loss. Each epoch continues in the general set where the previous one ended. The rows
 * of an epoch depend only on data, seed and epoch.
 */
public final class EpochRows {
    private final TokenDataset train;
    private final Optional<TokenDataset> general;
    private final int replayed;
    private final Optional<WeightedDraws> draws;
    private final Optional<ReplayOrder> order;

    public EpochRows(TrainingInputs inputs, TrainingPlan plan) {
        this.train = inputs.train();
        double share = plan.retention().replay();
        this.general = share == 0 ? Optional.empty() : inputs.general();
        this.replayed = EpochSize.of(train, general).replayed(share);
        this.draws = train.weighted() ? Optional.of(new WeightedDraws(train, plan.seed())) : Optional.empty();
        this.order = general.map(rows -> new ReplayOrder(rows, plan.seed()));
    }

    /** A row of a dataset. */
    public record Place(TokenDataset data, int row) {
        public int length() {
            return data.length(row);
        }

        public int lossTokens() {
            return data.lossTokens(row);
        }

        public TokenDataset.Row tokens() {
            return data.row(row);
        }
    }

    /** Number of examples in an epoch: rows, or pairs of rows. */
    public int count() {
        return train.examples() + replayed;
    }

    /** Number of tokens in the files that the rows come from. */
    public long tokens() {
        return train.tokens() + general.map(TokenDataset::tokens).orElse(0L);
    }

    /**
     * The rows of an example of an epoch.
     *
     * @param index from 0 to below {@link #count}
     */
    public List<Place> at(int epoch, int index) {
        if (index < train.examples()) {
            int rowsPerExample = train.rowsPerExample();
            int example = draws.map(all -> all.example(epoch, index)).orElse(index);
            return IntStream.range(example * rowsPerExample, (example + 1) * rowsPerExample)
                    .mapToObj(row -> new Place(train, row))
                    .toList();
        }
        long replayedBefore = (long) epoch * replayed + index - train.examples();
        return List.of(new Place(general.orElseThrow(), order.orElseThrow().row(replayedBefore)));
    }
}
