package dev.septet.workflows.train;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

/**
 * Input of the Update setLearningRate.
 *
 * @param value the rate from then on, above 0 and below 1
 * @param atStep the first step with this rate, counted from 0; null = the next one
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record LearningRateChange(double value, @Nullable Integer atStep) {}
