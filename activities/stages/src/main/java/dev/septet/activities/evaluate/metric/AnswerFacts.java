package dev.septet.activities.evaluate.metric;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Measures of a model's answer that only some metrics need.
 *
 * @param confidence the probability that the model gives to its own answer, from 0 to 1; null when not measured
 * @param similarity of the answer to the reference by hidden states, from 0 to 1; null when not measured
 * @param samples further answers, drawn at random; null when none were drawn
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record AnswerFacts(
        @Nullable Double confidence,
        @Nullable Double similarity,
        @Nullable List<String> samples) {
    public AnswerFacts {
        samples = samples == null ? null : List.copyOf(samples);
    }
}
