package dev.septet.workers.schedule;

import dev.septet.dsl.pipeline.CronRange;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;

/**
 * The starts of a cron expression in a time zone, as the Temporal server computes them, with what the server does around changes of
 * the clocks. {@code SchedulesTest} compares both.
 *
 * @param fields the numbers that minute, hour, day of month, month and day of week (0 = Sunday) match
 */
record CalendarTimes(List<List<CronRange>> fields, ZoneId zone) {
    private static final int MINUTE = 0;
    private static final int HOUR = 1;
    private static final int DAY = 2;
    private static final int MONTH = 3;
    private static final int WEEKDAY = 4;
    private static final int DAYS_OF_WEEK = 7;

    /** The server computes no start after this year. */
    private static final int LAST_YEAR = 2100;

    private static final Duration AN_HOUR = Duration.ofHours(1);

    /** Whether a local time matches all five fields. */
    boolean matches(LocalDateTime at) {
        return isDay(at.toLocalDate(), at.getDayOfWeek()) && has(HOUR, at.getHour()) && has(MINUTE, at.getMinute());
    }

    /** Whether a number matches a field. */
    private boolean has(int field, int number) {
        return fields.get(field).stream()
                .anyMatch(range -> number >= range.first()
                        && number <= Math.max(range.first(), range.last())
                        && (number - range.first()) % Math.max(1, range.step()) == 0);
    }

    private boolean isDay(LocalDate date, DayOfWeek weekday) {
        return has(MONTH, date.getMonthValue())
                && has(DAY, date.getDayOfMonth())
                && has(WEEKDAY, weekday.getValue() % DAYS_OF_WEEK);
    }

    /**
     * The first start after a time; empty when there is none until {@value #LAST_YEAR}.
     *
     * <p>A local time that comes twice means one of the two, as {@link #instant} says. The server walks through the minutes of an
     * hour that matches. If the next hour then begins two hours later, it walks through the hour once more, an hour later.
     */
    Optional<Instant> next(Instant after) {
        LocalDateTime local = LocalDateTime.ofInstant(after, zone);
        boolean again = LocalDateTime.ofInstant(after.minus(AN_HOUR), zone).getHour() == local.getHour();
        LocalDateTime at = local.truncatedTo(ChronoUnit.MINUTES);
        boolean walk = true; // the minute of `after` is over
        while (at.getYear() <= LAST_YEAR) {
            if (walk) {
                LocalDateTime following = at.plusMinutes(1);
                if (following.getMinute() == 0) {
                    LocalDateTime hour = at.truncatedTo(ChronoUnit.HOURS);
                    boolean skipsOne =
                            Duration.between(instant(hour), instant(following)).compareTo(AN_HOUR) > 0;
                    again = !again && skipsOne;
                    at = again ? hour : following;
                } else {
                    at = following;
                }
                walk = false;
            } else if (!isDay(at.toLocalDate(), instant(at).atZone(zone).getDayOfWeek())) {
                at = at.toLocalDate().plusDays(1).atStartOfDay();
                again = false;
            } else if (!has(HOUR, at.getHour())) {
                at = at.truncatedTo(ChronoUnit.HOURS).plusHours(1);
                again = false;
            } else if (!has(MINUTE, at.getMinute())) {
                walk = true;
            } else if (instant(at).atZone(zone).getHour() != at.getHour()) {
                at = at.truncatedTo(ChronoUnit.HOURS).plusHours(1); // does not exist
            } else {
                return Optional.of(again ? instant(at).plus(AN_HOUR) : instant(at));
            }
        }
        return Optional.empty();
    }

    /**
     * The time that a local time means, by the rule of the server's library: the offset is the one that holds when the local time is
     * read with the offset of the same time in UTC. East of Greenwich, that is the second of two; west of it, the first.
     */
    private Instant instant(LocalDateTime local) {
        Instant asUtc = local.toInstant(ZoneOffset.UTC);
        Instant guess = asUtc.minusSeconds(zone.getRules().getOffset(asUtc).getTotalSeconds());
        return asUtc.minusSeconds(zone.getRules().getOffset(guess).getTotalSeconds());
    }
}
