package dev.septet.activities.attempt;

import dev.septet.dsl.pipeline.StagePolicy;
import dev.septet.workflows.AttemptTally;
import dev.septet.workflows.AttemptTally.End;
import dev.septet.workflows.FailureType;
import dev.septet.workflows.Progress;
import io.temporal.activity.ActivityExecutionContext;
import io.temporal.api.failure.v1.Failure;
import io.temporal.client.ActivityWorkerShutdownException;
import io.temporal.failure.ApplicationFailure;
import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides whether an activity is retried, by the results of its attempts and not by their number. A
 * new checkpoint restarts the count. Failures that somebody else must end, such as a full disk or a
 * shutdown, do not count. The server's own limit counts every attempt, so it is off for these
 * activities.
 */
final class AttemptCount {
    private static final Logger LOG = LoggerFactory.getLogger(AttemptCount.class);

    /** A worker that shuts down is soon replaced, or another one polls already. */
    private static final Duration HANDED_OVER = Duration.ofSeconds(1);

    private static final Duration FIRST_WAIT = Duration.ofSeconds(5);
    private static final Duration LONGEST_WAIT = Duration.ofMinutes(1);

    /** The same limit as the server's: the longest wait is this multiple of the first one. */
    private static final int MAX_BACKOFFS = 100;

    private final StagePolicy policy;
    private final AttemptTally tally;
    private final AttemptTally before;
    private final @Nullable FailureType previous;

    private AttemptCount(StagePolicy policy, AttemptTally tally, AttemptTally before, @Nullable FailureType previous) {
        this.policy = policy;
        this.tally = tally;
        this.before = before;
        this.previous = previous;
    }

    /**
     * The count at the start of this attempt.
     *
     * @throws ApplicationFailure not retryable, when too many attempts made no progress
     */
    static AttemptCount begin(ActivityExecutionContext context, StagePolicy policy) {
        return begin(context, policy, AttemptTally.FIRST);
    }

    /**
     * The count at the start of this attempt of a round.
     *
     * @param before the tally after the rounds before it
     * @throws ApplicationFailure not retryable, when too many attempts made no progress
     */
    static AttemptCount begin(ActivityExecutionContext context, StagePolicy policy, AttemptTally before) {
        int attempt = context.getInfo().getAttempt();
        if (attempt == 1) {
            return new AttemptCount(policy, before, before, null);
        }
        Failure last = LastFailure.of(context);
        FailureType type = LastFailure.type(last);
        AttemptTally tally = last(context, before).next(attempt, end(type));
        if (policy.attempts() > 0 && tally.lost() >= policy.attempts()) {
            throw ApplicationFailure.newNonRetryableFailure(
                    String.format(
                            Locale.ROOT,
                            "%s (%d attempts in a row without progress)",
                            LastFailure.message(context, last),
                            tally.lost()),
                    (type == null ? FailureType.BACKEND_FAILED : type).type());
        }
        return new AttemptCount(policy, tally, before, type);
    }

    /** The tally in the heartbeats of this attempt. */
    AttemptTally tally() {
        return tally;
    }

    /** The reason why the previous attempt waited, null = none. */
    @Nullable
    FailureType waitsFor() {
        return end(previous) == End.WAITS ? previous : null;
    }

    /**
     * The tally with which the next round begins. The death of a worker does not count there: the work goes on without
     * it.
     *
     * @param now the present tally of the heartbeats
     */
    AttemptTally afterRound(AttemptTally now) {
        boolean reported = now.attempt() == 1 || previous != null;
        int lost = now.reached() > now.base() ? 0 : reported ? now.lost() : before.lost();
        return new AttemptTally(1, lost, now.reached(), now.reached(), 0);
    }

    /**
     * The failure that ends this attempt: it determines the time of the next attempt, or that there
     * is none.
     *
     * @param now the present tally of the heartbeats
     */
    RuntimeException ended(RuntimeException failure, AttemptTally now) {
        if (failure instanceof ActivityWorkerShutdownException) {
            return with(
                    FailureType.INTERRUPTED.of("the worker is shutting down; another attempt starts again"),
                    false,
                    HANDED_OVER);
        }
        if (!(failure instanceof ApplicationFailure known) || known.isNonRetryable()) {
            return failure;
        }
        return switch (end(LastFailure.type(known.getType()))) {
            case INTERRUPTED -> with(known, false, HANDED_OVER);
            case WAITS -> with(known, false, delay(FIRST_WAIT, 2, now.waits() + 1, LONGEST_WAIT));
            case FAILED -> {
                int lost = now.lostAfterFailure();
                boolean last = policy.attempts() > 0 && lost >= policy.attempts();
                Duration longest = policy.backoff().multipliedBy(MAX_BACKOFFS);
                yield with(known, last, delay(policy.backoff(), policy.factor(), lost, longest));
            }
        };
    }

    /** Whether the failure is a reason to wait. */
    static boolean waits(RuntimeException failure) {
        return failure instanceof ApplicationFailure known && end(LastFailure.type(known.getType())) == End.WAITS;
    }

    private static End end(@Nullable FailureType type) {
        if (type == FailureType.INTERRUPTED) {
            return End.INTERRUPTED;
        }
        return type != null && type.waits() ? End.WAITS : End.FAILED;
    }

    private static AttemptTally last(ActivityExecutionContext context, AttemptTally before) {
        try {
            return context.getLastHeartbeatDetails(Progress.class)
                    .map(Progress::tally)
                    .orElse(before);
        } catch (RuntimeException otherVersion) {
            LOG.warn("cannot read the progress of the previous attempt", otherVersion);
            return before;
        }
    }

    private static Duration delay(Duration first, double factor, int times, Duration longest) {
        double millis = (double) first.toMillis() * Math.pow(factor, Math.min(times - 1, 60));
        return Duration.ofMillis((long) Math.min(millis, (double) longest.toMillis()));
    }

    private static ApplicationFailure with(ApplicationFailure failure, boolean last, Duration wait) {
        ApplicationFailure.Builder builder = ApplicationFailure.newBuilder()
                .setMessage(failure.getOriginalMessage())
                .setType(failure.getType())
                .setNonRetryable(last)
                .setCategory(failure.getCategory())
                .setCause(failure.getCause());
        if (!last) {
            builder.setNextRetryDelay(wait);
        }
        ApplicationFailure same = builder.build();
        same.setStackTrace(failure.getStackTrace());
        return same;
    }
}
