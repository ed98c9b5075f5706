package dev.septet.dsl.pipeline.train;

import static dev.septet.dsl.pipeline.Checks.require;

import java.util.List;

/**
 * Grid search before training: tries every learning rate with every rank. The lowest validation loss wins.
 *
 * @param learningRates peak rates to try; empty = the rate of the pipeline file
 * @param ranks LoRA ranks to try; empty = the rank of the pipeline file
 * @param trials at most this many points of the grid, in grid order; 0 = all
 * @param steps optimizer steps of each trial
 */
public record SearchSpec(List<Double> learningRates, List<Integer> ranks, int trials, int steps) {
    public static final int DEFAULT_STEPS = 50;

    public SearchSpec {
        learningRates = List.copyOf(learningRates);
        ranks = List.copyOf(ranks);
        require(!learningRates.isEmpty() || !ranks.isEmpty(), "search needs learningRate or rank values to try");
        require(
                learningRates.stream().allMatch(r -> r > 0 && r < 1),
                "learningRate values to try must be above 0 and below 1");
        require(ranks.stream().allMatch(r -> r >= 1), "rank values to try must be at least 1");
        require(trials >= 0, "trials must be at least 0, got %s", trials);
        require(steps >= 1, "steps must be at least 1, got %s", steps);
    }
}
