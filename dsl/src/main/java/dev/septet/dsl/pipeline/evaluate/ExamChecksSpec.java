package dev.septet.dsl.pipeline.evaluate;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

/**
 * Checks of the exam itself and of the model's answers, beside the metrics.
 *
 * @param contamination whether the exam's rows are also training rows; null = not checked
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ExamChecksSpec(@Nullable ContaminationSpec contamination) {
    /** No checks. */
    public static final ExamChecksSpec NONE = new ExamChecksSpec(null);
}
