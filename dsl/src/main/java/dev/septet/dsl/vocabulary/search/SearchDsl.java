package dev.septet.dsl.vocabulary.search;

import dev.septet.dsl.pipeline.search.ChoiceSpec;
import dev.septet.dsl.pipeline.search.DimensionSpec;
import dev.septet.dsl.pipeline.search.DimensionSpec.Name;
import dev.septet.dsl.pipeline.search.DimensionSpec.Scale;
import dev.septet.dsl.pipeline.search.HalvingSpec;
import dev.septet.dsl.pipeline.search.SearchBudgetSpec;
import dev.septet.dsl.pipeline.train.MethodSpec;
import dev.septet.dsl.pipeline.train.SearchSpec;
import dev.septet.dsl.vocabulary.MethodValues;
import dev.septet.dsl.vocabulary.value.SearchValue;
import dev.septet.dsl.vocabulary.word.Example;
import dev.septet.dsl.vocabulary.word.LiteralText;
import dev.septet.dsl.vocabulary.word.Option;
import dev.septet.dsl.vocabulary.word.Refusal;
import dev.septet.dsl.vocabulary.word.TextShorthand;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Search: short trials with several values of each setting. By default a grid: every value of a setting with every value of
 * the others. The lowest validation loss wins.
 */
public final class SearchDsl implements MethodValues {
    private final Map<Name, DimensionSpec> dimensions = new EnumMap<>(Name.class);
    private List<MethodSpec> methods = List.of();
    private int trials;
    private @Nullable Integer random;
    private int steps = SearchSpec.DEFAULT_STEPS;
    private @Nullable HalvingSpec halving;
    private @Nullable ChoiceSpec choose;
    private @Nullable SearchBudgetSpec budget;

    private SearchDsl() {}

    /** The spec of a block. */
    public static SearchSpec spec(Consumer<SearchDsl> words) {
        var dsl = new SearchDsl();
        words.accept(dsl);
        return dsl.spec();
    }

    /** Peak learning rates to try. */
    @Example("learningRate 1e-4, 2e-4")
    public void learningRate(@TextShorthand("value") @Example("1e-4, 2e-4") SearchValue... rates) {
        dimension(Name.LEARNING_RATE, Scale.LOG, rates);
    }

    /** LoRA ranks to try. The scaling of the method stays the same: alpha changes with the rank. */
    @Example("rank 8, 16")
    public void rank(@TextShorthand("value") @Example("8, 16") SearchValue... sizes) {
        dimension(Name.RANK, Scale.LINEAR, sizes);
    }

    /** Sizes of a micro-batch to try: the values of {@code batch size:} in {@code train}. */
    @Example("batch 4, 8")
    public void batch(@TextShorthand("value") @Example("4, 8") SearchValue... sizes) {
        dimension(Name.BATCH, Scale.LINEAR, sizes);
    }

    /**
     * Numbers of epochs to try. Every trial trains for the same part of its own training, so that a trial with fewer epochs
     * has fewer steps.
     */
    @Example("epochs 1, 3")
    public void epochs(@TextShorthand("value") @Example("1, 3") SearchValue... counts) {
        dimension(Name.EPOCHS, Scale.LINEAR, counts);
    }

    /** Warmup steps to try, as in {@code train}: a trial's warmup is shorter, as the trial is. */
    @Example("warmup 0, 50")
    public void warmup(@TextShorthand("value") @Example("0, 50") SearchValue... counts) {
        dimension(Name.WARMUP, Scale.LINEAR, counts);
    }

    /** Weight decays of the optimizer to try. */
    @Example("weightDecay 0.0, 0.01")
    public void weightDecay(@TextShorthand("value") @Example("0.0, 0.01") SearchValue... decays) {
        dimension(Name.WEIGHT_DECAY, Scale.LINEAR, decays);
    }

    /** Fine-tuning methods to try. A rank that is searched replaces the rank of methods that have one. */
    @Example("method lora(), dora()")
    public void method(@Example("lora(), dora()") MethodSpec... tried) {
        methods = distinct("method", List.of(tried));
    }

    /** One value. A plain number is enough. */
    @Example("value(8)")
    public SearchValue value(@Example("8") double number) {
        return new SearchValue(number, null, null);
    }

    /**
     * A range, from which a random search draws. Learning rates are drawn on a logarithmic scale, other settings on a linear
     * one; {@code scale:} changes that.
     */
    @Example("between(1e-5, 1e-3)")
    public SearchValue between(
            @Example("1e-5") double from, @Example("1e-3") double to, @Option @Example("log") @Nullable Scale scale) {
        return new SearchValue(from, to, scale);
    }

    /**
     * The largest number of trials of a grid. A trial is one value of each setting. Trials run in the order of the values
     * in the file. By default, the search tries all of them.
     */
    @Example("trials 4")
    public void trials(@Example("4") int count) {
        Refusal.unless(count >= 1, "trials must be at least 1, got %s", count);
        trials = count;
    }

    /**
     * A random search instead of a grid, with this number of trials. Each trial draws a value of each setting. The seed of
     * {@code setup} decides the draws.
     */
    @Example("random trials: 12")
    public void random(@Option @Example("12") int trials) {
        Refusal.unless(trials >= 1, "random trials: must be at least 1, got %s", trials);
        Refusal.unless(
                trials <= SearchSpec.MOST_TRIALS,
                "random trials: must be at most %s, got %s",
                SearchSpec.MOST_TRIALS,
                trials);
        random = trials;
    }

    /** Optimizer steps of each trial; of the longest one, when trials differ. At least 1; 50 by default. */
    @Example("steps 30")
    public void steps(@Example("30") int count) {
        Refusal.unless(count >= 1, "steps must be at least 1, got %s", count);
        steps = count;
    }

    /**
     * Successive halving: all trials train to the first rung, and the best part of them continues from its checkpoints to
     * the next rung. With a reduction of 3 and 3 rungs, trials of 27 steps end after 3, 9 and 27 steps, and a third of them
     * continues each time. {@code asynchronous: true} lets good trials continue before their rung is complete. This needs
     * more steps and less time, and never changes the winner.
     */
    @Example("halving reduction: 3, rungs: 3")
    public void halving(
            @Option @Example("3") @Nullable Integer reduction,
            @Option @Example("3") @Nullable Integer rungs,
            @Option @Example("true") @Nullable Boolean asynchronous) {
        halving = new HalvingSpec(
                reduction == null ? HalvingSpec.DEFAULT_REDUCTION : reduction,
                rungs == null ? HalvingSpec.DEFAULT_RUNGS : rungs,
                asynchronous);
    }

    /**
     * How the winner is chosen: by a metric of the exam or by a weighted score. The metrics are computed on the rows of the
     * validation split, never of the test split. By default, the lowest validation loss wins.
     */
    @Example("choose 'rougeL'")
    public void choose(@TextShorthand("metric") @Example("'rougeL'") ChoiceSpec by) {
        choose = by;
    }

    /** One metric or score of the exam, by its name. Plain text is enough. */
    @Example("metric('rougeL')")
    public ChoiceSpec metric(@Example("'rougeL'") String name) {
        return ChoiceSpec.metric(name);
    }

    /**
     * A weighted sum of metrics. The trial with the largest sum wins, so a metric that should be small gets a negative
     * weight.
     */
    @Example("score(rougeL: 0.7, loss: -0.3)")
    public ChoiceSpec score(@Option @Example("0.7") Map<String, Object> weights) {
        var numbers = new TreeMap<String, Double>();
        weights.forEach((name, weight) -> {
            Refusal.unless(weight instanceof Number, "score %s: takes a number such as 0.7", name);
            numbers.put(name, ((Number) weight).doubleValue());
        });
        return ChoiceSpec.score(numbers);
    }

    /**
     * The most that all trials may take together: optimizer steps, tokens of training rows, time of a worker, or the cost of
     * this time at an hourly price. Trials that do not fit are left out before the search begins, from the last one.
     */
    @Example("budget steps: 300")
    public void budget(
            @Option @Example("300") @Nullable Long steps,
            @Option @Example("2_000_000") @Nullable Long tokens,
            @Option @Example("2.hours") @Nullable Duration time,
            @Option @Example("20.0") @Nullable Double cost,
            @Option @Example("2.5") @Nullable Double hourly) {
        budget = new SearchBudgetSpec(steps, tokens, time, cost, hourly);
    }

    private void dimension(Name name, Scale usual, SearchValue... values) {
        String word = name.word();
        boolean range = Arrays.stream(values).anyMatch(value -> value.to() != null);
        if (range) {
            Refusal.unless(values.length == 1, "%s takes one range, or values", word);
            SearchValue only = values[0];
            dimensions.put(
                    name,
                    DimensionSpec.between(
                            name,
                            only.from(),
                            only.to() == null ? only.from() : only.to(),
                            only.scale() == null ? usual : only.scale()));
        } else {
            List<Double> all = Arrays.stream(values).map(SearchValue::from).toList();
            distinct(word, all.stream().map(LiteralText::of).toList());
            dimensions.put(name, DimensionSpec.of(name, all));
        }
    }

    private static <T> List<T> distinct(String word, List<T> values) {
        var repeated = new ArrayList<>(values);
        new HashSet<>(values).forEach(repeated::remove);
        Refusal.unless(
                repeated.isEmpty(), "%s tries a value twice: %s", word, repeated.isEmpty() ? "" : repeated.get(0));
        return values;
    }

    private SearchSpec spec() {
        long points = Math.max(1, methods.size());
        for (DimensionSpec dimension : dimensions.values()) {
            points = dimension.range()
                    ? Long.MAX_VALUE / SearchSpec.MOST_TRIALS
                    : points * dimension.values().size();
            points = Math.min(points, Long.MAX_VALUE / SearchSpec.MOST_TRIALS / SearchSpec.MOST_TRIALS);
        }
        boolean range = dimensions.values().stream().anyMatch(DimensionSpec::range);
        Refusal.unless(
                random != null || !range,
                "only a random search draws from a range; add `random trials: 12`, or list the values");
        Refusal.unless(points >= 2, "search needs at least two values of learningRate or rank");
        long tried = random != null ? 0 : trials == 0 ? points : Math.min(points, trials);
        Refusal.unless(
                tried <= SearchSpec.MOST_TRIALS,
                "search would have %s trials, at most %s are possible; list fewer values, or set `trials`",
                tried,
                SearchSpec.MOST_TRIALS);
        List<Double> rates = values(Name.LEARNING_RATE);
        List<Integer> ranks = values(Name.RANK).stream().map(Double::intValue).toList();
        return new SearchSpec(
                rates,
                ranks,
                trials,
                steps,
                List.copyOf(dimensions.values()),
                methods,
                random,
                halving,
                choose,
                budget);
    }

    /** The values of a setting that has a list of its own in the spec; they are no dimension then. */
    private List<Double> values(Name name) {
        DimensionSpec dimension = dimensions.get(name);
        if (dimension == null || dimension.range()) {
            return List.of();
        }
        dimensions.remove(name);
        return dimension.values();
    }
}
