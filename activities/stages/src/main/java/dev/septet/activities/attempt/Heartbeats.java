package dev.septet.activities.attempt;

import dev.septet.activities.time.RepeatedTask;
import dev.septet.workflows.AttemptTally;
import dev.septet.workflows.Progress;
import io.temporal.activity.ActivityExecutionContext;
import io.temporal.client.ActivityCanceledException;
import io.temporal.client.ActivityCompletionException;
import io.temporal.client.ActivityNotExistsException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * An activity's heartbeats. Progress is sent at most once a second. During one long call the last
 * progress is repeated, but not for ever, so that a hanging worker is detected.
 */
public final class Heartbeats implements AutoCloseable {
    private static final long EVERY_NANOS = Duration.ofSeconds(1).toNanos();
    private static final Duration REPEAT = Duration.ofSeconds(3);

    /**
     * Minimum time for which the last progress is repeated; {@code LONGEST_STEPS} times the longest
     * step so far when that is longer.
     */
    private static final long SILENCE_NANOS = Duration.ofMinutes(30).toNanos();

    private static final int LONGEST_STEPS = 10;

    private final ActivityExecutionContext context;
    private final RunPage page;
    private final RepeatedTask repeater;
    private final AtomicReference<@Nullable ActivityCompletionException> stop = new AtomicReference<>();
    private volatile @Nullable AttemptTally tally;
    private volatile Progress last = Progress.of("starting", 0, 0, "steps");
    private volatile long lastReport = System.nanoTime();
    private volatile long longest;
    private long lastSent = lastReport - EVERY_NANOS;

    /** Heartbeats of an activity that reports to no run page, or of a run without a ticket. */
    public Heartbeats(ActivityExecutionContext context) {
        this(context, null);
    }

    /**
     * Heartbeats of an activity.
     *
     * @param ticket ticket of the run whose page receives the progress
     */
    public Heartbeats(ActivityExecutionContext context, @Nullable String ticket) {
        this(context, ticket, null);
    }

    /**
     * Heartbeats with a tally of attempts.
     *
     * @param tally the attempts so far, which every heartbeat carries to the next attempt
     */
    Heartbeats(ActivityExecutionContext context, @Nullable String ticket, @Nullable AttemptTally tally) {
        this.context = context;
        this.tally = tally;
        this.page = new RunPage(context, ticket, lastReport);
        this.repeater = RepeatedTask.start("septet-heartbeat", REPEAT, REPEAT, this::repeat);
    }

    /**
     * Sends the first heartbeat. A cancelled activity may still save its work.
     *
     * @throws ActivityNotExistsException when this attempt was given up before it began
     */
    void begin() {
        send(last);
        if (stop.get() instanceof ActivityNotExistsException gone) {
            throw gone;
        }
    }

    /** Reports progress; cheap enough for every step and every row. */
    public void report(Progress progress) {
        boolean newCheckpoint = isNewCheckpoint(progress.committedStep());
        last = progress;
        long now = System.nanoTime();
        longest = Math.max(longest, now - lastReport);
        lastReport = now;
        if (newCheckpoint || lastReport - lastSent >= EVERY_NANOS) {
            lastSent = lastReport;
            send(progress);
        }
    }

    /**
     * Reports progress; ends work that has nothing to save.
     *
     * @throws ActivityCompletionException when the activity was cancelled or taken over
     */
    public void reportAndCheck(Progress progress) {
        report(progress);
        check();
    }

    /** Whether the activity was cancelled or taken over. */
    public boolean stopped() {
        return stop.get() != null;
    }

    /** Whether the activity was cancelled, and nobody else continues its work. */
    public boolean cancelled() {
        return stop.get() instanceof ActivityCanceledException;
    }

    /** Ends the activity if it was cancelled or taken over. */
    public void check() {
        ActivityCompletionException reason = stop.get();
        if (reason != null) {
            throw reason;
        }
    }

    /** Whether a checkpoint is new: then the next attempt must receive it in any case. */
    private boolean isNewCheckpoint(@Nullable Integer committed) {
        AttemptTally known = tally;
        if (known == null || committed == null || committed <= known.reached()) {
            return false;
        }
        tally = known.withReached(committed);
        return true;
    }

    /** Sends the last heartbeat before the activity fails; it is sent with the failure. */
    void end() {
        send(last);
    }

    /** The attempts so far, null when they are not counted. */
    @Nullable
    AttemptTally tally() {
        return tally;
    }

    /** Shows the reason of a wait on the run's page, until the next progress. */
    void waits(String reason) {
        page.sendWait(reason);
    }

    /** Whether a problem is that of an activity that was cancelled or taken over, which {@link #check} throws. */
    public static boolean isStop(RuntimeException problem) {
        return problem instanceof ActivityCompletionException;
    }

    @Override
    public void close() {
        repeater.close();
    }

    private void repeat() {
        page.sendProgress(last, System.nanoTime());
        if (System.nanoTime() - lastReport < patience(longest)) {
            send(last);
        }
    }

    /** How long work may report no progress before it counts as hung. */
    static long patience(long longestStep) {
        return Math.max(SILENCE_NANOS, LONGEST_STEPS * longestStep);
    }

    private void send(Progress progress) {
        try {
            context.heartbeat(progress.with(tally));
        } catch (ActivityCompletionException reason) {
            stop.compareAndSet(null, reason);
        }
    }
}
