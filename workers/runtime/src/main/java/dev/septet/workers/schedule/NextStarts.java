package dev.septet.workers.schedule;

import dev.septet.dsl.pipeline.CronRange;
import dev.septet.dsl.pipeline.ScheduleSpec;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * The next starts of a declared schedule.
 *
 * @param rule the cron expression, or {@code every 7d}
 * @param timezone time zone of the cron expression and of the local times
 * @param starts in their order; fewer than {@link #SHOWN} when the schedule ends before
 * @param notes sentences about starts that are left out, moved or doubled
 */
public record NextStarts(String pipeline, String rule, String timezone, List<Start> starts, List<String> notes) {
    /** Starts that commands show. */
    public static final int SHOWN = 3;

    private static final Duration A_YEAR = Duration.ofDays(370);
    private static final int MOST_NOTES = 4;
    private static final int MONTH_FIELD = 3;
    private static final int DAY_FIELD = 2;
    private static final int SHORTEST_MONTH = 28;

    public NextStarts {
        starts = List.copyOf(starts);
        notes = List.copyOf(notes);
    }

    /**
     * A start.
     *
     * @param local in the schedule's time zone, with its offset
     * @param utc the same time in UTC, ISO-8601
     */
    public record Start(String local, String utc) {}

    /** The starts as the file declares them, computed here as the server computes them. */
    public static NextStarts computed(String pipeline, ScheduleSpec spec, Instant now) {
        List<Instant> next = after(spec, now, SHOWN);
        ZoneId zone = ZoneId.of(spec.timezone());
        Instant year = now.plus(A_YEAR);
        Instant last = next.isEmpty() || next.get(next.size() - 1).isBefore(year) ? year : next.get(next.size() - 1);
        List<String> notes = new ArrayList<>();
        for (ClockChanges change : ClockChanges.of(spec, now, last)) {
            LocalDate day = change.from().toLocalDate();
            Instant begin = day.atStartOfDay(zone).toInstant().minusSeconds(1);
            Instant end = day.plusDays(1).atStartOfDay(zone).toInstant();
            notes.add(change.sentence(pipeline, spec.timezone(), between(spec, begin, end)));
        }
        return told(pipeline, spec, next, notes);
    }

    /**
     * The same with starts and notes that a server told.
     *
     * @param told starts of the server
     */
    static NextStarts told(String pipeline, ScheduleSpec spec, List<Instant> told, List<String> clockChanges) {
        List<String> notes =
                new ArrayList<>(clockChanges.stream().limit(MOST_NOTES).toList());
        rareDays(pipeline, spec, told).ifPresent(notes::add);
        if (!spec.jitter().isZero()) {
            notes.add("%s: each start is delayed by up to %s".formatted(pipeline, ScheduleFields.time(spec.jitter())));
        }
        String rule = spec.cron() != null ? spec.cron() : "every " + ScheduleFields.time(spec.every());
        return new NextStarts(pipeline, rule, spec.timezone(), written(spec.timezone(), told), notes);
    }

    /** The same of a schedule that differs from the file. */
    static NextStarts told(String pipeline, String rule, String timezone, List<Instant> told) {
        return new NextStarts(pipeline, rule, timezone, written(timezone, told), List.of());
    }

    private static List<Start> written(String timezone, List<Instant> starts) {
        DateTimeFormatter format = DateTimeFormatter.ofPattern("EEE uuuu-MM-dd HH:mm:ss xxx", Locale.ROOT);
        ZoneId zone = ZoneId.of(timezone);
        return starts.stream()
                .limit(SHOWN)
                .map(start -> new Start(start.atZone(zone).format(format), start.toString()))
                .toList();
    }

    /** The first starts after a time. */
    static List<Instant> after(ScheduleSpec spec, Instant time, int most) {
        List<Instant> starts = new ArrayList<>();
        Optional<Instant> next = next(spec, time);
        while (next.isPresent() && starts.size() < most) {
            starts.add(next.get());
            next = next(spec, next.get());
        }
        return starts;
    }

    /** The starts after a time and before another. */
    static List<Instant> between(ScheduleSpec spec, Instant after, Instant before) {
        List<Instant> starts = new ArrayList<>();
        Optional<Instant> next = next(spec, after);
        while (next.isPresent() && next.get().isBefore(before)) {
            starts.add(next.get());
            next = next(spec, next.get());
        }
        return starts;
    }

    private static Optional<Instant> next(ScheduleSpec spec, Instant time) {
        Duration every = spec.every();
        if (every == null) {
            return new CalendarTimes(spec.calendar(), ZoneId.of(spec.timezone())).next(time);
        }
        long seconds = every.toSeconds();
        return Optional.of(Instant.ofEpochSecond(Math.floorDiv(time.getEpochSecond(), seconds) * seconds + seconds));
    }

    /** A sentence when all days of the month that the schedule names are missing in some of its months. */
    private static Optional<String> rareDays(String pipeline, ScheduleSpec spec, List<Instant> next) {
        if (spec.cron() == null) {
            return Optional.empty();
        }
        List<CronRange> days = spec.calendar().get(DAY_FIELD);
        int first = days.stream().mapToInt(CronRange::first).min().orElse(1);
        boolean february = spec.calendar().get(MONTH_FIELD).stream().allMatch(NextStarts::isFebruary);
        if (next.isEmpty()) {
            return Optional.of(
                    "%s: never starts, because no date matches all fields of `%s`".formatted(pipeline, spec.cron()));
        }
        if (first <= SHORTEST_MONTH) {
            return Optional.empty();
        }
        return Optional.of(String.format(
                Locale.ROOT,
                february
                        ? "%s: %d February exists in leap years only, so the server starts it in no other year"
                        : "%s: the server does not start it in months without a day %d",
                pipeline,
                first));
    }

    private static boolean isFebruary(CronRange months) {
        return months.first() == 2 && Math.max(months.first(), months.last()) == 2;
    }
}
