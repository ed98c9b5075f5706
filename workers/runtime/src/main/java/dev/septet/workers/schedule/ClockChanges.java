package dev.septet.workers.schedule;

import dev.septet.dsl.pipeline.ScheduleSpec;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.time.zone.ZoneOffsetTransition;
import java.time.zone.ZoneRules;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The next changes of the clocks that meet a schedule: its local time is left out or comes twice on that day. What the server does
 * then is its own decision, so it is asked.
 *
 * @param gap whether the clocks go forward
 * @param from local time at which the clocks change
 * @param to local time after the change
 * @param local the first local time of the schedule that is left out or comes twice
 */
record ClockChanges(boolean gap, LocalDateTime from, LocalDateTime to, LocalDateTime local) {
    private static final Duration AHEAD = Duration.ofDays(370);
    private static final int SHOWN = 3;

    /** The changes of the coming year that meet a schedule, in their order; none without {@code cron:}. */
    static List<ClockChanges> of(ScheduleSpec spec, Instant now) {
        return of(spec, now, now.plus(AHEAD));
    }

    /** The same until a time. */
    static List<ClockChanges> of(ScheduleSpec spec, Instant now, Instant until) {
        List<ClockChanges> changes = new ArrayList<>();
        if (spec.cron() == null) {
            return changes;
        }
        CalendarTimes times = new CalendarTimes(spec.calendar(), ZoneId.of(spec.timezone()));
        ZoneRules rules = times.zone().getRules();
        ZoneOffsetTransition next = rules.nextTransition(now);
        while (next != null && next.getInstant().isBefore(until)) {
            boolean gap = next.isGap();
            LocalDateTime first = gap ? next.getDateTimeBefore() : next.getDateTimeAfter();
            LocalDateTime end = gap ? next.getDateTimeAfter() : next.getDateTimeBefore();
            for (LocalDateTime at = first; at.isBefore(end); at = at.plusMinutes(1)) {
                if (times.matches(at)) {
                    changes.add(new ClockChanges(gap, next.getDateTimeBefore(), next.getDateTimeAfter(), at));
                    break;
                }
            }
            next = rules.nextTransition(next.getInstant());
        }
        return changes;
    }

    /**
     * A sentence for people.
     *
     * @param starts the starts of that local day, as the server computes them
     */
    String sentence(String pipeline, String timezone, List<Instant> starts) {
        DateTimeFormatter time = DateTimeFormatter.ofPattern("HH:mm", Locale.ROOT);
        DateTimeFormatter offset = DateTimeFormatter.ofPattern("HH:mm xxx", Locale.ROOT);
        List<String> shown = starts.stream()
                .limit(SHOWN)
                .map(start -> start.atZone(ZoneId.of(timezone)).format(offset))
                .toList();
        return "%s: on %s the clocks of %s change from %s to %s, so %s %s; the server starts it %s that day"
                .formatted(
                        pipeline,
                        from.toLocalDate(),
                        timezone,
                        from.format(time),
                        to.format(time),
                        local.format(time),
                        gap ? "does not exist" : "comes twice",
                        starts.isEmpty()
                                ? "not at all on"
                                : starts.size() > SHOWN
                                        ? String.format(Locale.ROOT, "%d times on", starts.size())
                                        : "at " + String.join(", ", shown) + " on");
    }
}
