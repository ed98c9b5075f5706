package dev.septet.activities.evaluate.form;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.septet.activities.evaluate.gate.Interval;
import dev.septet.activities.evaluate.gate.ScoredRows;
import dev.septet.dsl.pipeline.evaluate.MetricSpec;
import dev.septet.workflows.artifact.Score;
import dev.septet.workflows.artifact.Verdict;
import org.jspecify.annotations.Nullable;

/**
 * One metric of a form on the rows of the exam.
 *
 * @param metric with the name of its set of rows, such as {@code exactMatch on gold}
 * @param before the unquantized model's value; null for the unquantized model itself, a bound of slices, and a
 *     comparison with the deployed model
 * @param after the form's value
 * @param interval 95 % interval of {@code after}; null where no forms can be compared by it
 * @param low lower end of the 95 % interval of {@code after - before}, paired by row
 * @param high upper end of the same interval
 * @param maxDrop the margin, as a fraction of {@code before}; null when no line of the file is about it
 * @param front whether no other form is at least as good and at most as large; false for a bound of slices
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record FormScore(
        String metric,
        boolean lowerIsBetter,
        @Nullable Double before,
        double after,
        @Nullable Interval interval,
        @Nullable Double low,
        @Nullable Double high,
        @Nullable Double maxDrop,
        long rows,
        Verdict verdict,
        String why,
        boolean front) {
    /**
     * A score of the exam.
     *
     * @param rows what it was computed from; null for a bound of slices and for a comparison with the deployed model
     * @param interval 95 % interval of its value; null as above
     * @param maxDrop its margin; null when no line of the file is about it
     */
    static FormScore of(Score score, @Nullable ScoredRows rows, @Nullable Interval interval, @Nullable Double maxDrop) {
        return new FormScore(
                score.metric(),
                rows == null ? MetricSpec.lowerIsBetter(score.metric()) : rows.lowerIsBetter(),
                score.before(),
                score.after(),
                interval,
                score.low(),
                score.high(),
                maxDrop,
                score.rows(),
                score.verdict(),
                score.why(),
                false);
    }

    /** Whether the metric has a value of its own, so that forms can be compared by it. */
    boolean measured() {
        return interval != null;
    }

    FormScore with(boolean onFront) {
        return new FormScore(
                metric, lowerIsBetter, before, after, interval, low, high, maxDrop, rows, verdict, why, onFront);
    }
}
