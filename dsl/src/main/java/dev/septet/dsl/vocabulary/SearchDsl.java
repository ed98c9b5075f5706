package dev.septet.dsl.vocabulary;

import dev.septet.dsl.pipeline.train.SearchSpec;
import dev.septet.dsl.vocabulary.word.Example;
import dev.septet.dsl.vocabulary.word.Refusal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;

/** Grid search: tries every learning rate with every rank. The lowest validation loss wins. */
public final class SearchDsl {
    private List<Double> learningRates = List.of();
    private List<Integer> ranks = List.of();
    private int trials;
    private int steps = SearchSpec.DEFAULT_STEPS;

    SearchDsl() {}

    /** Peak learning rates to try. */
    @Example("learningRate 1e-4, 2e-4")
    public void learningRate(@Example("1e-4, 2e-4") double... rates) {
        learningRates = distinct("learningRate", Arrays.stream(rates).boxed().toList());
        Refusal.unless(
                learningRates.stream().allMatch(rate -> rate > 0 && rate < 1),
                "learningRate must be above 0 and below 1");
    }

    /** LoRA ranks to try. */
    @Example("rank 8, 16")
    public void rank(@Example("8, 16") int... sizes) {
        ranks = distinct("rank", Arrays.stream(sizes).boxed().toList());
        Refusal.unless(ranks.stream().allMatch(rank -> rank >= 1 && rank <= 1024), "rank must be from 1 to 1024");
    }

    /**
     * The largest number of trials. A trial is one pair of learning rate and rank. Trials run in the order of the values
     * in the file. By default, the search tries all pairs.
     */
    @Example("trials 4")
    public void trials(@Example("4") int count) {
        Refusal.unless(count >= 1, "trials must be at least 1, got %s", count);
        trials = count;
    }

    /** Optimizer steps of each trial. At least 1; 50 by default. */
    @Example("steps 30")
    public void steps(@Example("30") int count) {
        Refusal.unless(count >= 1, "steps must be at least 1, got %s", count);
        steps = count;
    }

    private static <T> List<T> distinct(String word, List<T> values) {
        var repeated = new ArrayList<>(values);
        new HashSet<>(values).forEach(repeated::remove);
        Refusal.unless(
                repeated.isEmpty(), "%s tries a value twice: %s", word, repeated.isEmpty() ? "" : repeated.get(0));
        return values;
    }

    SearchSpec spec() {
        int points = Math.max(1, learningRates.size()) * Math.max(1, ranks.size());
        Refusal.unless(points >= 2, "search needs at least two values of learningRate or rank");
        return new SearchSpec(learningRates, ranks, trials, steps);
    }
}
