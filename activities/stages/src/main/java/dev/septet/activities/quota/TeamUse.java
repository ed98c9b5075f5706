package dev.septet.activities.quota;

import dev.septet.activities.store.Sha256;
import dev.septet.workflows.RunRef;
import java.io.IOException;
import java.time.Duration;
import java.util.Collection;
import java.util.Locale;
import java.util.Objects;
import java.util.TreeSet;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Counts what one attempt of an activity uses. A slot is counted in advance, a minute at a time, and requests are counted
 * before they are sent. So a kill loses nothing; it counts at most one more minute, and at most the most that the requests in
 * progress can use.
 */
public final class TeamUse {
    /** The time that is counted in advance. */
    public static final Duration AHEAD = Duration.ofMinutes(1);

    /** A job that ended longer ago was not found in time. */
    static final Duration LATE = Duration.ofDays(7);

    private static final ThreadLocal<@Nullable TeamUse> CURRENT = new ThreadLocal<>();

    private final UsageRecords records;
    private final RunRef run;
    private final String activity;
    private final String key;
    private final LongSupplier clock;
    private long began;
    private long written;
    private String lastBatch = "";
    private long lastTime;
    private boolean ended;

    /**
     * @param run a run with a team
     * @param activity type of the activity
     * @param attempt names the attempt among all attempts of all activities
     * @param clock milliseconds since 1970
     */
    public TeamUse(UsageRecords records, RunRef run, String activity, String attempt, LongSupplier clock) {
        this.records = records;
        this.run = run;
        this.activity = activity;
        this.key = digest(attempt);
        this.clock = clock;
    }

    /** The use of this thread's activity; null when nothing is counted. */
    public static @Nullable TeamUse current() {
        return CURRENT.get();
    }

    /** Makes this the use of this thread's activity, until it is closed. */
    public Scope open() {
        CURRENT.set(this);
        return CURRENT::remove;
    }

    /** Ends {@link #open}. */
    public interface Scope extends AutoCloseable {
        @Override
        void close();
    }

    /** The attempt has a slot from now on. */
    public synchronized void begin() throws IOException {
        began = clock.getAsLong();
        written = began;
        write(began + AHEAD.toMillis());
    }

    /** The attempt still has the slot. */
    public synchronized void goOn() throws IOException {
        if (!ended) {
            write(clock.getAsLong() + AHEAD.toMillis());
        }
    }

    /** The attempt gives the slot back. */
    public synchronized void end() throws IOException {
        ended = true;
        write(Math.max(began, clock.getAsLong()));
    }

    private void write(long until) throws IOException {
        records.put(
                team(),
                key,
                new UsageRecords.Entry(run.pipeline(), run.runId(), activity, began, until, 0, 0),
                written);
        written = until;
    }

    /**
     * Counts a batch of requests. Before they are sent, it is called with the most that they can use; after that, with what
     * they used.
     *
     * @param digests of the requests
     * @param cost in the currency of the operator's prices
     */
    public void count(Collection<String> digests, long tokens, double cost) throws IOException {
        if (digests.isEmpty()) {
            return;
        }
        String batch = digest(key + String.join(",", new TreeSet<>(digests)));
        long at = batchTime(batch);
        records.put(
                team(), batch, new UsageRecords.Entry(run.pipeline(), run.runId(), activity, at, at, tokens, cost), at);
    }

    /**
     * Counts what a training job at an outside service cost, for this thread's activity. A job counts once, also if another
     * attempt counts it again.
     *
     * @param job identifies the job among all jobs
     * @param ended when it ended by the service's clock, in milliseconds since 1970; 0 = the service does not say
     * @param cost in the currency of the operator's prices; null = no price is declared
     */
    public static void countJob(String job, long ended, @Nullable Double cost) throws IOException {
        TeamUse use = CURRENT.get();
        if (use != null && cost != null && cost > 0) {
            use.job(job, ended, cost);
        }
    }

    private void job(String job, long ended, double cost) throws IOException {
        long now = clock.getAsLong();
        String name = digest("job " + run.pipeline() + " " + run.runId() + " " + job);
        if (records.has(team(), name, now - LATE.toMillis(), now)) {
            return; // a record of another day would count twice
        }
        // A time that the service makes up must not hide the cost in another year.
        long at = ended <= now && ended > now - LATE.toMillis() ? ended : now;
        records.put(team(), name, new UsageRecords.Entry(run.pipeline(), run.runId(), activity, at, at, 0, cost), at);
    }

    /** The present time, in milliseconds since 1970. */
    public long now() {
        return clock.getAsLong();
    }

    /**
     * Counts the GPUs of a cluster's job, each as a slot. What was counted before is replaced.
     *
     * @param job identifies the job among all jobs
     * @param gpus of all nodes
     * @param from begin in milliseconds since 1970; the same each time
     * @param until end of what is counted now
     * @param written end of what was counted before
     */
    public void countGpus(String job, int gpus, long from, long until, long written) throws IOException {
        records.put(
                team(),
                digest(String.format(Locale.ROOT, "gpus of %s since %d", job, from)),
                new UsageRecords.Entry(run.pipeline(), run.runId(), activity, from, until, 0, 0, gpus),
                written);
    }

    /** Both records of a batch have one time, so that the second replaces the first even at midnight. */
    private synchronized long batchTime(String batch) {
        if (!batch.equals(lastBatch)) {
            lastBatch = batch;
            lastTime = clock.getAsLong();
        }
        return lastTime;
    }

    private String team() {
        return Objects.requireNonNull(run.team());
    }

    private static String digest(String text) {
        return Sha256.of(text).substring(0, 32);
    }
}
