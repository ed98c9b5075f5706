package dev.septet.dsl.pipeline.evaluate;

import static dev.septet.dsl.pipeline.Checks.require;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

/**
 * Slices of a set of test rows: the rows that have the same value in a column, or that are near the same cluster of errors.
 *
 * @param by name of the column; with {@code from}, the name of these slices
 * @param maxGap how much worse each slice may be than all rows, as a fraction of the score of all rows: 0.1 = ten
 *     percent; null when the slices are only reported
 * @param on name of the only metric or score that {@code maxGap} bounds; null for all
 * @param every length of the periods, if the column has times; null when each value is a slice
 * @param minRows a slice with fewer rows is reported, but not bounded; null when every slice is bounded
 * @param from path of a file of error clusters, which are the slices; null when a column has them
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record SliceSpec(
        String by,
        @Nullable Double maxGap,
        @Nullable String on,
        @Nullable Period every,
        @Nullable Integer minRows,
        @Nullable String from) {
    /** Characters of the longest name of a column. */
    private static final int MAX_NAME = 64;

    public SliceSpec {
        require(
                !by.isBlank() && by.length() <= MAX_NAME && by.matches("\\P{C}*"),
                "slices by: needs the name of a column, with 1 to %s characters and no hidden ones",
                MAX_NAME);
        require(maxGap == null || (maxGap >= 0 && maxGap <= 1), "maxGap: must be from 0 to 100.percent");
        require(on == null || maxGap != null, "on: names what maxGap: bounds, but there is no maxGap:");
        require(minRows == null || minRows >= 1, "minRows: must be at least 1, got %s", minRows);
        require(minRows == null || maxGap != null, "minRows: limits what maxGap: bounds, but there is no maxGap:");
        require(from == null || !from.isBlank(), "slices from: needs a path");
        require(from == null || every == null, "slices takes every: or from:, not both: error clusters are no times");
    }

    /** Slices of a column. */
    public SliceSpec(
            String by,
            @Nullable Double maxGap,
            @Nullable String on,
            @Nullable Period every,
            @Nullable Integer minRows) {
        this(by, maxGap, on, every, minRows, null);
    }

    /** Whether a column of the rows has the slices. */
    public boolean ofColumn() {
        return from == null;
    }

    /** The length of a slice of times, in UTC. */
    public enum Period {
        /** A day. */
        DAY,
        /** A week from Monday to Sunday. */
        WEEK,
        /** A month. */
        MONTH,
        /** Three months. */
        QUARTER,
        /** A year. */
        YEAR
    }

    /** Whether {@code maxGap} bounds a slice of this size. */
    public boolean bounds(int rows) {
        return maxGap != null && (minRows == null || rows >= minRows);
    }

    /** Whether {@code maxGap} bounds this metric or score. */
    public boolean bounds(String metric) {
        return maxGap != null && (on == null || on.equals(metric));
    }
}
