package dev.septet.activities.dataset.format;

import dev.septet.activities.dataset.RowPlace;
import dev.septet.activities.dataset.file.DatasetProblem;
import dev.septet.dsl.pipeline.prepare.DatasetFormat;
import dev.septet.dsl.text.PublicText;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Why rows have a format: the fields of the first row, unless most of the first rows have those of other formats.
 *
 * @param first the row that decided
 * @param agreeing number of compared rows with the format, at least 1
 * @param others the compared rows with other formats; null without any
 */
public record FormatDecision(
        DatasetFormat format,
        RowPlace first,
        int agreeing,
        @Nullable Others others) {
    /** Rows that are compared. */
    public static final int ROWS = 100;

    /** A decision by one row. */
    public FormatDecision(DatasetFormat format, RowPlace first) {
        this(format, first, 1, null);
    }

    /**
     * Rows with other formats.
     *
     * @param format format of the first of them
     */
    public record Others(DatasetFormat format, RowPlace first, int rows) {}

    /** The decision after one more row. */
    public FormatDecision with(DatasetFormat found, RowPlace place) {
        if (found == format) {
            return new FormatDecision(format, first, agreeing + 1, others);
        }
        Others more = others == null
                ? new Others(found, place, 1)
                : new Others(others.format(), others.first(), others.rows() + 1);
        return new FormatDecision(format, first, agreeing, more);
    }

    /** Number of compared rows. */
    public int rows() {
        return agreeing + (others == null ? 0 : others.rows());
    }

    /**
     * This decision, if it holds for at least half of the compared rows. The others become bad rows.
     *
     * @throws DatasetProblem when most rows have other formats
     */
    public FormatDecision checked() {
        if (others == null || others.rows() <= agreeing) {
            return this;
        }
        throw new DatasetProblem(
                DatasetProblem.Blame.DATA,
                PublicText.of(
                        "%s has the fields of %s, but most of the first %d rows do not; %s has those of %s. A file has"
                                + " rows of one format: name it with `format:`, or make two files",
                        first.shown(), word(format), rows(), others.first().shown(), word(others.format())));
    }

    /** The reason, safe to show outside. */
    public PublicText reason() {
        if (rows() == 1) {
            return PublicText.of("the fields of %s", first.shown());
        }
        return others == null
                ? PublicText.of("the fields of %s; the first %d rows agree", first.shown(), agreeing)
                : PublicText.of("the fields of %s; %d of the first %d rows agree", first.shown(), agreeing, rows());
    }

    private static PublicText word(DatasetFormat format) {
        return PublicText.said(format.name().toLowerCase(Locale.ROOT));
    }
}
