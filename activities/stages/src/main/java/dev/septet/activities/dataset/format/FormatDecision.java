package dev.septet.activities.dataset.format;

import dev.septet.activities.dataset.RowPlace;
import dev.septet.activities.dataset.file.DatasetProblem;
import dev.septet.dsl.pipeline.prepare.DatasetFormat;
import dev.septet.dsl.text.PublicText;
import java.util.Locale;

/**
 * Why rows have a format: the fields of the first rows.
 *
 * @param first the row that decided
 * @param rows number of rows that were compared, at least 1
 */
public record FormatDecision(DatasetFormat format, RowPlace first, int rows) {
    /** Rows that must agree. */
    public static final int ROWS = 100;

    /** The decision after one more row. */
    public FormatDecision with(DatasetFormat other, RowPlace place) {
        if (other == format) {
            return new FormatDecision(format, first, rows + 1);
        }
        throw new DatasetProblem(
                DatasetProblem.Blame.DATA,
                PublicText.of(
                        "%s has the fields of %s, but %s has those of %s: a file has rows of one format."
                                + " Name it with `format:`, or make two files",
                        first.shown(), word(format), place.shown(), word(other)));
    }

    /** The reason, safe to show outside. */
    public PublicText reason() {
        return rows == 1
                ? PublicText.of("the fields of %s", first.shown())
                : PublicText.of("the fields of %s; the first %d rows agree", first.shown(), rows);
    }

    private static PublicText word(DatasetFormat format) {
        return PublicText.said(format.name().toLowerCase(Locale.ROOT));
    }
}
