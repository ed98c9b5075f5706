package dev.septet.activities.quota;

import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.temporal.TemporalAdjusters;
import java.util.Locale;

/** A period of the calendar, after which a quota is whole again. */
public enum Period {
    DAY,
    /** From Monday to Sunday. */
    WEEK,
    MONTH;

    /** As the operator's file writes it. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * The period around a time.
     *
     * @param begin its first millisecond since 1970
     * @param end the first millisecond of the next period
     */
    public record Span(long begin, long end) {}

    /** The period around a time. Days begin at the first moment of the zone's date, so some have 23 or 25 hours. */
    public Span around(long millis, ZoneId zone) {
        LocalDate day = Instant.ofEpochMilli(millis).atZone(zone).toLocalDate();
        LocalDate first = switch (this) {
            case DAY -> day;
            case WEEK -> day.with(TemporalAdjusters.previousOrSame(DayOfWeek.MONDAY));
            case MONTH -> day.withDayOfMonth(1);
        };
        LocalDate next = switch (this) {
            case DAY -> first.plusDays(1);
            case WEEK -> first.plusWeeks(1);
            case MONTH -> first.plusMonths(1);
        };
        return new Span(begin(first, zone), begin(next, zone));
    }

    private static long begin(LocalDate day, ZoneId zone) {
        return day.atStartOfDay(zone).toInstant().toEpochMilli();
    }
}
