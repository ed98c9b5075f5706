package dev.septet.dsl.pipeline.search;

import static dev.septet.dsl.pipeline.Checks.require;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * How a search chooses among its trials, by measures of the validation split.
 *
 * @param metric one metric, which knows whether more is better; null = the weights
 * @param weights the weight of each metric in the sum that is made as large as possible; empty = the metric
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ChoiceSpec(
        @Nullable String metric,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) Map<String, Double> weights) {
    /** The validation loss, which needs no answers. */
    public static final String LOSS = "loss";

    public ChoiceSpec {
        weights = Collections.unmodifiableSortedMap(weights == null ? new TreeMap<>() : new TreeMap<>(weights));
        require((metric != null) == weights.isEmpty(), "choose needs a metric, or a score");
        for (Map.Entry<String, Double> weight : weights.entrySet()) {
            require(
                    Double.isFinite(weight.getValue()) && weight.getValue() != 0,
                    "score %s: must be a number other than 0",
                    weight.getKey());
        }
    }

    /** By one metric. */
    public static ChoiceSpec metric(String name) {
        return new ChoiceSpec(name, Map.of());
    }

    /** By a weighted sum. */
    public static ChoiceSpec score(Map<String, Double> weights) {
        return new ChoiceSpec(null, weights);
    }

    /** The metrics that the choice needs, by name. */
    public Collection<String> metrics() {
        return metric == null ? weights.keySet() : List.of(metric);
    }
}
