package dev.septet.dsl.pipeline.evaluate;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

/**
 * Checks of the exam itself and of the model's answers, beside the metrics.
 *
 * @param contamination whether the exam's rows are also training rows; null = not checked
 * @param fairness whether swapped terms change the answers; null = not checked
 * @param grounding whether the context supports the answers; null = not checked
 * @param unanswerable whether the model abstains where it should; null = not checked
 * @param errorClusters what the rows that the model fails have in common; null = not looked for
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ExamChecksSpec(
        @Nullable ContaminationSpec contamination,
        @Nullable FairnessSpec fairness,
        @Nullable GroundingSpec grounding,
        @Nullable UnanswerableSpec unanswerable,
        @Nullable ErrorClustersSpec errorClusters) {
    /** No checks. */
    public static final ExamChecksSpec NONE = new ExamChecksSpec(null, null, null, null);

    /** Without clusters of errors. */
    public ExamChecksSpec(
            @Nullable ContaminationSpec contamination,
            @Nullable FairnessSpec fairness,
            @Nullable GroundingSpec grounding,
            @Nullable UnanswerableSpec unanswerable) {
        this(contamination, fairness, grounding, unanswerable, null);
    }

    /** The same with another comparison of answers with their contexts. */
    public ExamChecksSpec with(GroundingSpec other) {
        return new ExamChecksSpec(contamination, fairness, other, unanswerable, errorClusters);
    }
}
