package dev.septet.dsl.pipeline.evaluate;

import static dev.septet.dsl.pipeline.Checks.require;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A metric to compute and the bounds its gate holds it to.
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
        require(KNOWN.contains(name), "metric knows %s, got '%s'", String.join(", ", KNOWN), name);
    }

    /** Whether it compares a written answer with the row's own. */
    public boolean readsAnswer() {
        return !lowerIsBetter() && !name.equals("preferenceAccuracy");
    }

    /** Whether a smaller score is the better one. */
    public boolean lowerIsBetter() {
        return name.equals("loss") || name.equals("perplexity");
    }
}
