package dev.septet.workflows.artifact;

import com.fasterxml.jackson.annotation.JsonInclude;

import org.jspecify.annotations.Nullable;

/**
 * One metric on the held-out rows, base model against tuned model.
 *
 * @param before the base model's score, null when it was not asked for
 * @param low lower end of the 95 % confidence interval of after - before, per row and paired
 * @param high upper end of the same
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Score(
        String metric,
        @Nullable Double before,
        double after,
        @Nullable Double low,
        @Nullable Double high,
        long rows,
        Verdict verdict,
        String why) {}
