package dev.septet.workflows.train;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

/**
 * Result of a steering Update.
 *
 * @param step the command takes effect before this step's update, counted from 0; null when no
 *     worker trains at the moment: then it is recorded, and holds from the next step that one takes
 * @param message the same for people
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record SteeringAnswer(
        int sequence, SteeringAction action, @Nullable Integer step, String message) {}
