package dev.septet.workflows.train;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

/**
 * Result of a steering Update.
 *
 * @param step the command takes effect before this step's update, counted from 0; null when no worker is training at
 *     the moment: then the command is recorded and applies from the next trained step
 * @param message the same for people
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record SteeringAnswer(
        int sequence, SteeringAction action, @Nullable Integer step, String message) {}
