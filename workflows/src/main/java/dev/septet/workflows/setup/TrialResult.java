package dev.septet.workflows.setup;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.septet.workflows.artifact.Origin;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The result of a trial.
 *
 * @param validationLoss mean negative log-likelihood per validation token with loss, in nats
 * @param rung the rung that the trial has reached, from 0
 * @param steps optimizer steps that the trial has done; 0 for a grid of learning rates and ranks
 * @param measures what the choice is by, beside the validation loss: scores on the validation split, by metric
 * @param score what is compared: the largest one wins; null = the negative validation loss. NaN never wins.
 */
public record TrialResult(
        int number,
        double learningRate,
        int rank,
        double validationLoss,
        @JsonInclude(JsonInclude.Include.NON_DEFAULT) int rung,
        @JsonInclude(JsonInclude.Include.NON_DEFAULT) int steps,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) Map<String, Double> measures,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Double score,
        Origin origin) {
    public TrialResult {
        measures = measures == null ? Map.of() : Collections.unmodifiableSortedMap(new TreeMap<>(measures));
    }

    /** The result of a point of a grid of learning rates and ranks. */
    public TrialResult(int number, double learningRate, int rank, double validationLoss, Origin origin) {
        this(number, learningRate, rank, validationLoss, 0, 0, Map.of(), null, origin);
    }

    /** What is compared; the largest one wins. */
    public double compared() {
        return score == null ? -validationLoss : score;
    }
}
