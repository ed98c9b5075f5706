package dev.septet.dsl.pipeline.evaluate;

import static dev.septet.dsl.pipeline.Checks.require;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.septet.dsl.pipeline.ExtensionSpec;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A metric to compute, and the bounds that the gate checks.
 *
 * @param name one of {@link #KNOWN}, or the word of a jar
 * @param above the score must be above this; null = no lower bound
 * @param below the score must be below this; null = no upper bound
 * @param extension null for a metric of Septet's own
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record MetricSpec(
        String name,
        @Nullable Double above,
        @Nullable Double below,
        @Nullable ExtensionMetric extension) {
    public static final List<String> KNOWN =
            List.of("loss", "perplexity", "exactMatch", "bleu", "rouge1", "rouge2", "rougeL", "preferenceAccuracy");

    public MetricSpec {
        require(
                extension == null
                        ? KNOWN.contains(name)
                        : extension.used().word().equals(name),
                "metric takes one of %s, got '%s'",
                String.join(", ", KNOWN),
                name);
    }

    /** A metric of Septet's own. */
    public MetricSpec(String name, @Nullable Double above, @Nullable Double below) {
        this(name, above, below, null);
    }

    /**
     * What is known of a jar's metric without the jar.
     *
     * @param lowerIsBetter whether a smaller score is the better one
     * @param readsAnswer whether the model must write answers
     */
    public record ExtensionMetric(ExtensionSpec used, boolean lowerIsBetter, boolean readsAnswer) {}

    /** Whether the metric compares a generated answer with the expected one. */
    public boolean readsAnswer() {
        return extension != null ? extension.readsAnswer() : !lowerIsBetter() && !name.equals("preferenceAccuracy");
    }

    /** Whether a smaller score is better. */
    public boolean lowerIsBetter() {
        return extension != null ? extension.lowerIsBetter() : name.equals("loss") || name.equals("perplexity");
    }
}
