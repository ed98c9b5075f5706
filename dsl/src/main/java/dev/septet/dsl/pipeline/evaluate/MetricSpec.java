package dev.septet.dsl.pipeline.evaluate;

import static dev.septet.dsl.pipeline.Checks.require;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.septet.dsl.pipeline.ExtensionSpec;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A metric to compute, and the bounds that the gate checks.
 *
 * @param name one of {@link #KNOWN}, or the word of a jar
 * @param above the score must be above this; null = no lower bound
 * @param below the score must be below this; null = no upper bound
 * @param extension null for a metric of Septet's own
 * @param arguments what the file writes in parentheses behind the name; null for none
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record MetricSpec(
        String name,
        @Nullable Double above,
        @Nullable Double below,
        @Nullable ExtensionMetric extension,
        @Nullable MetricArguments arguments) {
    /** The name of the metric that compares the answers of two models. */
    static final String WIN_RATE = "winRate";

    /** The name of the metric of people's votes on the answers of two models. */
    static final String HUMAN_WIN_RATE = "humanWinRate";

    public static final List<String> KNOWN = List.of(
            "loss",
            "perplexity",
            "exactMatch",
            "bleu",
            "rouge1",
            "rouge2",
            "rougeL",
            "preferenceAccuracy",
            "accuracy",
            "microF1",
            "macroF1",
            "weightedF1",
            "chrF",
            "chrFPlusPlus",
            "meteor",
            "squadExactMatch",
            "squadF1",
            "wordErrorRate",
            "charErrorRate",
            "numericAnswer",
            "regex",
            "json",
            "jsonFields",
            "toolCalls",
            "toolNames",
            "answerLength",
            "calibrationError",
            "brier",
            "similarity",
            "passAt",
            "passAll",
            "judge",
            WIN_RATE,
            HUMAN_WIN_RATE);

    private static final Set<String> LOWER_IS_BETTER =
            Set.of("loss", "perplexity", "wordErrorRate", "charErrorRate", "answerLength", "calibrationError", "brier");

    /** Metrics that need only the losses of given answers. */
    private static final Set<String> LOSSES = Set.of("loss", "perplexity", "preferenceAccuracy");

    /** Metrics that need more of a model than one answer: probabilities, hidden states, or further samples. */
    private static final Set<String> MEASURED = Set.of("calibrationError", "brier", "similarity", "passAt", "passAll");

    public MetricSpec {
        require(
                extension == null
                        ? KNOWN.contains(name)
                        : extension.used().word().equals(name),
                "metric takes one of %s, got '%s'",
                String.join(", ", KNOWN),
                name);
        require(
                extension != null ? arguments == null : MetricArguments.fit(name, arguments),
                "the arguments of the metric %s are missing, or belong to another metric",
                name);
    }

    /** A metric of Septet's own without arguments. */
    public MetricSpec(String name, @Nullable Double above, @Nullable Double below) {
        this(name, above, below, null, null);
    }

    /** A metric without arguments. */
    public MetricSpec(
            String name, @Nullable Double above, @Nullable Double below, @Nullable ExtensionMetric extension) {
        this(name, above, below, extension, null);
    }

    /**
     * What is known of a jar's metric without the jar.
     *
     * @param lowerIsBetter whether a smaller score is the better one
     * @param readsAnswer whether the model must write answers
     */
    public record ExtensionMetric(ExtensionSpec used, boolean lowerIsBetter, boolean readsAnswer) {}

    /** The same metric and bounds with other arguments. */
    public MetricSpec with(MetricArguments others) {
        return new MetricSpec(name, above, below, extension, others);
    }

    /** Whether the metric reads a generated answer. */
    public boolean readsAnswer() {
        return extension != null ? extension.readsAnswer() : !LOSSES.contains(name);
    }

    /** Whether an answer's text and the expected text are enough, so that it can score any model's answer. */
    public boolean readsTextOnly() {
        return extension == null && readsAnswer() && arguments == null && !MEASURED.contains(name);
    }

    /** Whether one answer of a model is not enough: it reads probabilities, hidden states or seeded samples. */
    public boolean needsModel() {
        return extension == null && MEASURED.contains(name);
    }

    /** Whether its score is of two models already, so that it is not compared with another model's score. */
    public boolean comparesModels() {
        return extension == null && (name.equals(WIN_RATE) || name.equals(HUMAN_WIN_RATE));
    }

    /** Whether judges or people score the answers of the evaluation, so that no other answers have a score. */
    public boolean judged() {
        return arguments != null && (arguments.judge() != null || arguments.votes() != null);
    }

    /** Whether a smaller score is better. */
    public boolean lowerIsBetter() {
        return extension != null ? extension.lowerIsBetter() : lowerIsBetter(name);
    }

    /** Whether a smaller score of Septet's own metric with this name is better. */
    public static boolean lowerIsBetter(String name) {
        return LOWER_IS_BETTER.contains(name);
    }
}
