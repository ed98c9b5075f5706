package dev.septet.dsl.pipeline;

import static dev.septet.dsl.pipeline.Checks.require;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.ZoneId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * When the pipeline starts by itself; becomes a Temporal Schedule.
 *
 * @param cron five fields (minute, hour, day of month, month, day of week) or a name such as {@code
 *     @weekly}; null when {@code every} says it
 * @param every time between two starts; null when {@code cron} says it
 * @param timezone IANA name of the zone that {@code cron} is read in
 * @param jitter each start is put off by a random time up to this
 * @param catchup starts missed while the server was away are made up for when they are no older
 * @param pauseOnFailure whether a failed run pauses the schedule
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ScheduleSpec(
        @Nullable String cron,
        @Nullable Duration every,
        String timezone,
        Overlap overlap,
        Duration jitter,
        Duration catchup,
        boolean pauseOnFailure) {
    public static final String DEFAULT_TIMEZONE = "UTC";
    public static final Overlap DEFAULT_OVERLAP = Overlap.SKIP;
    public static final Duration DEFAULT_JITTER = Duration.ZERO;

    /** Temporal's own is a year, which would start a year's missed trainings at once. */
    public static final Duration DEFAULT_CATCHUP = Duration.ofHours(6);

    public static final boolean DEFAULT_PAUSE_ON_FAILURE = true;

    public ScheduleSpec {
        require((cron == null) != (every == null), "schedule needs one of cron: and every:");
        String objection = cron == null ? "" : Cron.objection(cron);
        require(objection.isEmpty(), "%s", objection);
        require(every == null || every.toMillis() >= 60_000, "every: of a schedule must be at least 1.minutes");
        require(isZone(timezone), "timezone: '%s' is not a time zone such as UTC", timezone);
        require(!jitter.isNegative(), "jitter: cannot be negative");
        require(catchup.toMillis() >= 10_000, "catchup: must be at least 10.seconds");
    }

    /**
     * What {@code cron} means: the numbers that minute, hour, day of month, month and day of week
     * (0 = Sunday) take; empty when {@code every} says it. A start fits all five.
     */
    public List<List<CronRange>> calendar() {
        return cron == null ? List.of() : Cron.ranges(cron);
    }

    private static boolean isZone(String name) {
        try {
            // Offsets such as +02:00 parse too, but Temporal takes names only.
            return !name.matches("(?i)z|[+-].*") && ZoneId.of(name) != null;
        } catch (DateTimeException e) {
            return false;
        }
    }

    /** What happens to a start while the run before it is still going. */
    public enum Overlap {
        /** It does not happen. */
        SKIP,
        /** It waits for the run's end; of several that wait, the first stays. */
        BUFFER_ONE,
        /** It waits for the run's end, and so do all others. */
        BUFFER_ALL,
        /** The run is cancelled first: its last checkpoint is committed. */
        CANCEL_OTHER,
        /** The run is ended at once. */
        TERMINATE_OTHER,
        /** Both run. */
        ALLOW_ALL
    }
}
