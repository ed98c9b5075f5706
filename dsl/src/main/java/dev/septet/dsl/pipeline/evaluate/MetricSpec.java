package dev.septet.dsl.pipeline.evaluate;

import static dev.septet.dsl.pipeline.Checks.require;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A metric to compute, and the bounds that the gate checks.
 *
 * @param name one of {@link #KNOWN}
 * @param above the score must be above this; null = no lower bound
 * @param below the score must be below this; null = no upper bound
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record MetricSpec(
        String name, @Nullable Double above, @Nullable Double below) {
    public static final List<String> KNOWN =
            List.of("loss", "perplexity", "exactMatch", "bleu", "rouge1", "rouge2", "rougeL", "preferenceAccuracy");

    public MetricSpec {
        require(KNOWN.contains(name), "metric takes one of %s, got '%s'", String.join(", ", KNOWN), name);
    }

    /** Whether the metric compares a generated answer with the expected one. */
    public boolean readsAnswer() {
        return !lowerIsBetter() && !name.equals("preferenceAccuracy");
    }

    /** Whether a smaller score is better. */
    public boolean lowerIsBetter() {
        return name.equals("loss") || name.equals("perplexity");
    }
}
