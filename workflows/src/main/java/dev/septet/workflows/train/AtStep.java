package dev.septet.workflows.train;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

/**
 * Optional input of the Updates pause, checkpointNow and stopEarly.
 *
 * @param atStep the step before which the command takes effect, counted from 0; null = the next one
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record AtStep(@Nullable Integer atStep) {}
