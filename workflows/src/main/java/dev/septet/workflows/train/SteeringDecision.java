package dev.septet.workflows.train;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

/**
 * What the training made of a command. It is written down before the step's update is computed, and
 * stands: whoever goes on with the training does the same at the same step.
 *
 * @param sequence of the command
 * @param step it takes effect before this step's update, counted from 0
 * @param refused why it does not, in plain words; null when it does
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record SteeringDecision(
        int sequence,
        SteeringAction action,
        @Nullable Double learningRate,
        int step,
        @Nullable String refused) {}
