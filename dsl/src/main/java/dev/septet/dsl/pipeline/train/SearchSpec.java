package dev.septet.dsl.pipeline.train;

import static dev.septet.dsl.pipeline.Checks.require;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.septet.dsl.pipeline.Checks;
import dev.septet.dsl.pipeline.search.ChoiceSpec;
import dev.septet.dsl.pipeline.search.DimensionSpec;
import dev.septet.dsl.pipeline.search.HalvingSpec;
import dev.septet.dsl.pipeline.search.SearchBudgetSpec;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Search before training: a grid, or random points. The lowest validation loss wins, unless the file chooses otherwise.
 *
 * @param learningRates peak rates to try; empty = the rate of the pipeline file, or a dimension
 * @param ranks LoRA ranks to try; empty = the rank of the pipeline file, or a dimension
 * @param trials at most this many points of the grid, in grid order; 0 = all
 * @param steps optimizer steps of each trial; of the longest one, when trials differ
 * @param dimensions further settings to vary, in the order of {@link DimensionSpec.Name}
 * @param methods fine-tuning methods to try; empty = the method of the pipeline file
 * @param random number of random points; null = a grid
 * @param halving rungs at which trials end early; null = every trial trains to its end
 * @param choose how the winner is chosen; null = by the validation loss
 * @param budget the most that all trials may take; null = without a limit
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record SearchSpec(
        List<Double> learningRates,
        List<Integer> ranks,
        int trials,
        int steps,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) List<DimensionSpec> dimensions,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) List<MethodSpec> methods,
        @Nullable Integer random,
        @Nullable HalvingSpec halving,
        @Nullable ChoiceSpec choose,
        @Nullable SearchBudgetSpec budget) {
    public static final int DEFAULT_STEPS = 50;

    /** The most trials of a search. Each is a workflow, and all of them are in the result of the stage. */
    public static final int MOST_TRIALS = 500;

    public SearchSpec {
        learningRates = List.copyOf(learningRates);
        ranks = List.copyOf(ranks);
        dimensions = Checks.orEmpty(dimensions);
        methods = Checks.orEmpty(methods);
        require(
                !learningRates.isEmpty() || !ranks.isEmpty() || !dimensions.isEmpty() || !methods.isEmpty(),
                "search needs learningRate or rank values to try");
        require(
                learningRates.stream().allMatch(r -> r > 0 && r < 1),
                "learningRate values to try must be above 0 and below 1");
        require(ranks.stream().allMatch(r -> r >= 1), "rank values to try must be at least 1");
        require(trials >= 0, "trials must be at least 0, got %s", trials);
        require(steps >= 1, "steps must be at least 1, got %s", steps);
        require(new HashSet<>(methods).size() == methods.size(), "method tries a value twice");
        checkDimensions(learningRates, ranks, dimensions);
        checkRandom(trials, random, dimensions);
        if (halving != null) {
            require(
                    steps >= halving.fewestSteps(),
                    "halving: a trial of %s steps is too short for %s rungs with a reduction of %s; it needs at least"
                            + " %s steps",
                    steps,
                    halving.rungs(),
                    halving.reduction(),
                    halving.fewestSteps());
        }
    }

    /** A grid of learning rates and ranks. */
    public SearchSpec(List<Double> learningRates, List<Integer> ranks, int trials, int steps) {
        this(learningRates, ranks, trials, steps, List.of(), List.of(), null, null, null, null);
    }

    private static void checkDimensions(
            List<Double> learningRates, List<Integer> ranks, List<DimensionSpec> dimensions) {
        Set<DimensionSpec.Name> names = new HashSet<>();
        for (DimensionSpec dimension : dimensions) {
            require(
                    names.add(dimension.name()),
                    "%s is already set",
                    dimension.name().word());
        }
        require(
                learningRates.isEmpty() || !names.contains(DimensionSpec.Name.LEARNING_RATE),
                "learningRate is already set");
        require(ranks.isEmpty() || !names.contains(DimensionSpec.Name.RANK), "rank is already set");
    }

    private static void checkRandom(int trials, @Nullable Integer random, List<DimensionSpec> dimensions) {
        if (random != null) {
            require(random >= 1, "random trials: must be at least 1, got %s", random);
            require(random <= MOST_TRIALS, "random trials: must be at most %s, got %s", MOST_TRIALS, random);
            require(trials == 0, "`trials` cuts a grid; a random search has its number in `random trials:`");
        }
        for (DimensionSpec dimension : dimensions) {
            require(
                    random != null || !dimension.range(),
                    "%s is a range, which only a random search can try; add `random trials: 12`, or list values",
                    dimension.name().word());
        }
    }

    /** Whether it is a grid of learning rates and ranks alone, chosen by the validation loss. */
    public boolean onlyGrid() {
        return dimensions.isEmpty()
                && methods.isEmpty()
                && random == null
                && halving == null
                && choose == null
                && budget == null;
    }

    /**
     * All settings that vary, each once. A file's lists of learning rates and ranks are components of their own, because
     * older specs have no others.
     *
     * @throws IllegalArgumentException when one of these lists has a value twice
     */
    public List<DimensionSpec> varied() {
        List<DimensionSpec> varied = new ArrayList<>();
        if (!learningRates.isEmpty()) {
            varied.add(DimensionSpec.of(DimensionSpec.Name.LEARNING_RATE, learningRates));
        }
        if (!ranks.isEmpty()) {
            List<Double> values = ranks.stream().map(Integer::doubleValue).toList();
            varied.add(DimensionSpec.of(DimensionSpec.Name.RANK, values));
        }
        varied.addAll(dimensions);
        varied.sort(Comparator.comparing(DimensionSpec::name));
        return List.copyOf(varied);
    }

    /** A further setting that varies. */
    public Optional<DimensionSpec> dimension(DimensionSpec.Name name) {
        return dimensions.stream().filter(each -> each.name() == name).findFirst();
    }
}
