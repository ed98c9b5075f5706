package dev.septet.workers.plan;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.septet.activities.train.EnginePlan;
import dev.septet.workflows.artifact.DatasetRef;
import org.jspecify.annotations.Nullable;

/**
 * The trainings of a cross-validation, together with the final training. A fold trains with all rows but those that test and
 * validate it, so its steps are an estimate.
 *
 * @param folds trainings before the final one
 * @param steps optimizer steps of one fold
 * @param allSteps optimizer steps of all folds and of the final training
 * @param trainSeconds duration of all of these steps, if one training runs at a time; null while nothing has measured a step
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record FoldForecast(
        int folds, long steps, long allSteps, @Nullable Double trainSeconds) {
    /**
     * The forecast.
     *
     * @param data the dataset of the final training
     * @param steps optimizer steps of the final training
     * @param seconds its duration; null while nothing has measured a step
     */
    static FoldForecast of(int folds, EnginePlan engine, DatasetRef data, long steps, @Nullable Double seconds) {
        double all = data.trainRows() + data.validationRows() + data.testRows();
        double trains = Math.max(1, all * (folds - 1) / folds - data.validationRows());
        double part = trains / Math.max(1, data.trainRows());
        long ofFold = engine.steps(EnginePlan.epoch(scaled(data, part)));
        long sum = steps + folds * ofFold;
        return new FoldForecast(
                folds, ofFold, sum, seconds == null ? null : (Double) (seconds * sum / Math.max(1, steps)));
    }

    /** A dataset with another number of training rows, for its counts only. */
    static DatasetRef scaled(DatasetRef data, double part) {
        return new DatasetRef(
                data.artifact(),
                Math.round(data.trainRows() * part),
                data.validationRows(),
                data.testRows(),
                Math.round(data.trainTokens() * part),
                Math.round(data.trainLossTokens() * part),
                data.general(),
                data.longestRow(),
                data.quarantinedRows(),
                data.duplicateRows(),
                data.redactions(),
                data.reviewedRows(),
                data.droppedLongRows(),
                data.truncatedRows(),
                data.removedRows(),
                data.lineage(),
                data.forgottenNotFound(),
                data.origin());
    }
}
