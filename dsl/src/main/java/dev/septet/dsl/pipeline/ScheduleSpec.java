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
 * @param cron five fields (minute, hour, day of month, month, day of week) or a name such as {@code @weekly}; null when
 *     {@code every} is set
 * @param every time between two starts; null when {@code cron} is set
 * @param timezone IANA name of the time zone of {@code cron}
 * @param jitter each start is delayed by a random time up to this
 * @param catchup starts that were missed while the server was down are run later if they are not older than this
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

    /** Temporal's own default is a year, which would start all missed runs of a year at once. */
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
     * The numbers that minute, hour, day of month, month and day of week (0 = Sunday) of {@code cron} match. A start
     * matches all five. Empty when {@code every} is set.
     */
    public List<List<CronRange>> calendar() {
        return cron == null ? List.of() : Cron.ranges(cron);
    }

    private static boolean isZone(String name) {
        try {
            // Offsets such as +02:00 parse too, but Temporal accepts names only.
            return !name.matches("(?i)z|[+-].*") && ZoneId.of(name) != null;
        } catch (DateTimeException e) {
            return false;
        }
    }

    /** What happens to a start while the previous run is still going. */
    public enum Overlap {
        /** The start is skipped. */
        SKIP,
        /** The start waits for the end of the run. If several wait, only the first is kept. */
        BUFFER_ONE,
        /** The start waits for the end of the run, and so do all others. */
        BUFFER_ALL,
        /** The current run is cancelled first; it commits its last checkpoint. */
        CANCEL_OTHER,
        /** The current run is terminated at once. */
        TERMINATE_OTHER,
        /** Both runs continue. */
        ALLOW_ALL
    }
}
