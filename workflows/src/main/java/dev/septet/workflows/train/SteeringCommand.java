package dev.septet.workflows.train;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

/**
 * An accepted command on its way to the training.
 *
 * @param sequence from 1, in the order of acceptance
 * @param learningRate the new rate; null for all but setLearningRate
 * @param atStep the step before which it is to take effect, counted from 0; null = the next one
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record SteeringCommand(
        int sequence,
        SteeringAction action,
        @Nullable Double learningRate,
        @Nullable Integer atStep) {}
