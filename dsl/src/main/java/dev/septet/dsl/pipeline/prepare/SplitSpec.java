package dev.septet.dsl.pipeline.prepare;

import static dev.septet.dsl.pipeline.Checks.require;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

/**
 * The shares of the rows, in percent, and what keeps rows together; the sum of the shares is 100.
 *
 * @param stratify the field whose values have the same shares in every split; null for none
 * @param by the field whose equal values are in the same split; null when rows are split one by one
 * @param time the field with each row's time: the oldest rows train, the newest ones test; null when the split is
 *     random
 * @param leakage the check for near-duplicates in different splits; null for none
 * @param folds the number of parts for cross-validation; null for none
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record SplitSpec(
        double train,
        double validation,
        double test,
        @Nullable String stratify,
        @Nullable String by,
        @Nullable String time,
        @Nullable LeakageSpec leakage,
        @Nullable Integer folds) {
    /** The largest number of {@link #folds}: each one is a training. */
    public static final int MAX_FOLDS = 20;

    public static final SplitSpec DEFAULT = new SplitSpec(90, 5, 5);

    public SplitSpec {
        require(train > 0, "split train: must be above 0.percent");
        require(validation >= 0 && test >= 0, "split shares cannot be negative");
        require(
                Math.abs(train + validation + test - 100) < 1e-9,
                "split shares must sum to 100.percent, got %s",
                train + validation + test);
        FieldName.check("stratify:", stratify);
        FieldName.check("by:", by);
        FieldName.check("time:", time);
        require(
                time == null || by == null,
                "split takes time: or by:, not both: rows of one '%s' may be older and newer than other rows",
                by);
        require(
                folds == null || (folds >= 2 && folds <= MAX_FOLDS),
                "folds: must be from 2 to %s, got %s",
                MAX_FOLDS,
                folds);
        require(
                folds == null || time == null,
                "split takes folds: or time:, not both: a fold would train with rows that are newer than its test"
                        + " rows");
        require(
                folds == null || validation + 100.0 / folds < 100,
                "folds: with validation: %s.percent leaves no row to train on; lower one of them",
                validation);
    }

    /** A split that needs no field of the rows. */
    public SplitSpec(double train, double validation, double test) {
        this(train, validation, test, null, null, null);
    }

    /** A split without a check for leakage. */
    public SplitSpec(
            double train,
            double validation,
            double test,
            @Nullable String stratify,
            @Nullable String by,
            @Nullable String time) {
        this(train, validation, test, stratify, by, time, null, null);
    }

    /** This split with a check for leakage. */
    public SplitSpec with(@Nullable LeakageSpec check) {
        return new SplitSpec(train, validation, test, stratify, by, time, check, folds);
    }
}
