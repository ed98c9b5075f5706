package dev.septet.activities.evaluate;

import com.fasterxml.jackson.databind.JsonNode;
import dev.septet.activities.attempt.StageProblem;
import dev.septet.activities.dataset.RowMeta;
import dev.septet.activities.dataset.RowPlace;
import dev.septet.activities.prepare.split.RowTime;
import dev.septet.dsl.pipeline.evaluate.SliceSpec;
import dev.septet.dsl.text.PublicText;
import dev.septet.workflows.FailureType;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.IsoFields;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.Set;

/** Finds the slice of each row, from the columns that stay beside it. */
public final class Slices {
    /** A column with more values than this has no slices that anyone could read. */
    static final int MAX_SLICES = 200;

    /** The slice of the rows without a value. */
    static final String NONE = "(none)";

    private Slices() {}

    /** Checks that every slice of a column can be made. The rows of error clusters are only known after the training. */
    static void check(List<SliceSpec> slices, EvaluationRows rows) {
        slices.stream().filter(SliceSpec::ofColumn).forEach(slice -> names(slice, rows));
    }

    /**
     * The slice of each row, in row order.
     *
     * @throws StageProblem when no row has the column, a value is no time, or there are more than {@value #MAX_SLICES}
     *     slices
     */
    public static List<String> names(SliceSpec slice, EvaluationRows rows) {
        List<String> names = new ArrayList<>();
        Set<String> different = new HashSet<>();
        boolean found = false;
        for (int row = 0; row < rows.rows().size(); row++) {
            RowMeta meta = row < rows.meta().size() ? rows.meta().get(row) : RowMeta.NONE;
            JsonNode value = meta.values().get(slice.by());
            boolean empty = value == null || value.isNull() || value.asText().isBlank();
            found |= !empty;
            String name = value == null || empty
                    ? NONE
                    : name(slice, value.asText().strip(), rows.rows().get(row).place());
            names.add(name);
            different.add(name);
            if (different.size() > MAX_SLICES) {
                throw StageProblem.invalid(String.format(
                        Locale.ROOT,
                        "evaluate: `slices by: '%s'` makes more than %d slices; name a column with fewer values, or use `every: month` for a column of times",
                        PublicText.field(slice.by()),
                        MAX_SLICES));
            }
        }
        if (!found) {
            throw StageProblem.invalid(
                    "evaluate: `slices by: '%s'`: no row has a value in this column; correct its name, or add the column to the rows"
                            .formatted(PublicText.field(slice.by())));
        }
        return names;
    }

    private static String name(SliceSpec slice, String value, RowPlace place) {
        SliceSpec.Period every = slice.every();
        if (every == null) {
            return value;
        }
        OptionalLong millis = RowTime.of(value);
        if (millis.isEmpty()) {
            throw new StageProblem(
                    FailureType.POISON_DATA,
                    "evaluate: %s: \"%s\" is no time for `slices every:`; expected ISO 8601 such as 2026-05-31 or 2026-05-31T12:00:00Z, or seconds since 1970; correct the value, or remove every:"
                            .formatted(place, PublicText.field(slice.by())));
        }
        LocalDate day = LocalDate.ofInstant(Instant.ofEpochMilli(millis.getAsLong()), ZoneOffset.UTC);
        return switch (every) {
            case DAY -> day.toString();
            case WEEK ->
                String.format(
                        Locale.ROOT,
                        "%04d-W%02d",
                        day.get(IsoFields.WEEK_BASED_YEAR),
                        day.get(IsoFields.WEEK_OF_WEEK_BASED_YEAR));
            case MONTH -> String.format(Locale.ROOT, "%04d-%02d", day.getYear(), day.getMonthValue());
            case QUARTER -> String.format(Locale.ROOT, "%04d-Q%d", day.getYear(), day.get(IsoFields.QUARTER_OF_YEAR));
            case YEAR -> String.format(Locale.ROOT, "%04d", day.getYear());
        };
    }
}
