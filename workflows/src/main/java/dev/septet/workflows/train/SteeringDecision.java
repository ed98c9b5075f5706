package dev.septet.workflows.train;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

/**
 * The training's decision on a command. It is recorded before the step's update is computed, and it is final: an
 * attempt that continues the training does the same at the same step.
 *
 * @param sequence of the command
 * @param step the command takes effect before this step's update, counted from 0
 * @param refused why it does not take effect; null when it does
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record SteeringDecision(
        int sequence,
        SteeringAction action,
        @Nullable Double learningRate,
        int step,
        @Nullable String refused) {}
