package dev.septet.activities.prepare.split;

import dev.septet.activities.dataset.RowProblem;
import dev.septet.dsl.text.PublicText;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.format.ResolverStyle;
import java.time.temporal.ChronoField;
import java.time.temporal.TemporalAccessor;
import java.util.Locale;
import java.util.OptionalLong;

/** Times of rows, for {@code split time:} and for slices of times. */
public final class RowTime {
    private static final DateTimeFormatter ISO = new DateTimeFormatterBuilder()
            .appendPattern("uuuu-MM-dd[['T'][ ]HH:mm[:ss")
            .appendFraction(ChronoField.NANO_OF_SECOND, 0, 9, true)
            .appendPattern("][XXX][X]]")
            .toFormatter(Locale.ROOT)
            .withResolverStyle(ResolverStyle.STRICT);

    /** Numbers above it are milliseconds: as seconds they would lie after the year 5138. */
    private static final double SECONDS_BELOW = 1e11;

    private RowTime() {}

    /**
     * Milliseconds since 1970 of a text in ISO 8601, or of a number of seconds or milliseconds since 1970. A time without
     * offset is in UTC; a date is its midnight.
     *
     * @param field name of the field, for the message
     * @throws RowProblem when the text is no time
     */
    static long millis(String text, String field) {
        return of(text).orElseThrow(() -> new RowProblem(PublicText.of(
                "\"%s\" is no time for `split time:`; expected ISO 8601 such as 2026-05-31 or"
                        + " 2026-05-31T12:00:00Z, or seconds since 1970",
                PublicText.field(field))));
    }

    /** Milliseconds since 1970, as {@code split time:} reads them; empty when the text is no time. */
    public static OptionalLong of(String text) {
        try {
            double number = Double.parseDouble(text);
            if (text.matches("-?[0-9.]+")) {
                return OptionalLong.of(Math.round(Math.abs(number) < SECONDS_BELOW ? number * 1000 : number));
            }
        } catch (NumberFormatException notANumber) {
            // ISO 8601, or no time at all.
        }
        try {
            TemporalAccessor time = ISO.parseBest(text, OffsetDateTime::from, LocalDateTime::from, LocalDate::from);
            if (time instanceof OffsetDateTime exact) {
                return OptionalLong.of(exact.toInstant().toEpochMilli());
            }
            LocalDateTime local = time instanceof LocalDate day ? day.atStartOfDay() : (LocalDateTime) time;
            return OptionalLong.of(local.toInstant(ZoneOffset.UTC).toEpochMilli());
        } catch (DateTimeException e) {
            return OptionalLong.empty();
        }
    }
}
