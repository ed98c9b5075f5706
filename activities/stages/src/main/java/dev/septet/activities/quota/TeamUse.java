package dev.septet.activities.quota;

import dev.septet.activities.store.Sha256;
import dev.septet.workflows.RunRef;
import java.io.IOException;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts what one attempt of an activity uses: for its run, and for the run's team if it has one. Requests are counted before
 * they are sent, and a team's slot is counted in advance, a minute at a time. So a kill loses nothing of a team's use; it counts
 * at most one more minute, and at most the most that the requests in progress can use. The slot of a run is counted up to the time of
 * each call, not in advance. So a kill loses only what was used after the last call.
 */
public final class TeamUse {
    private static final Logger LOG = LoggerFactory.getLogger(TeamUse.class);

    /** The time that is counted in advance. */
    public static final Duration AHEAD = Duration.ofMinutes(1);

    /** A job that ended longer ago was not found in time. */
    static final Duration LATE = Duration.ofDays(7);

    private static final ThreadLocal<@Nullable TeamUse> CURRENT = new ThreadLocal<>();

    /** A shorter time on a slot is a status request for a job that runs elsewhere; there may be thousands of them. */
    private static final Duration SHORTEST_SLOT = Duration.ofSeconds(1);

    private static final double HOUR = Duration.ofHours(1).toMillis();

    private final Supplier<UsageRecords> records;
    private final RunRef run;
    private final String activity;
    private final String key;
    private final LongSupplier clock;
    private long began;
    private long written;
    private String lastBatch = "";
    private long lastTime;
    private int newBatches;
    private boolean hasSlot;
    private boolean afterRun;
    private boolean ended;

    /** What each batch of requests used, so that the second count of a batch replaces the first. */
    private final Map<String, Requested> batches = new HashMap<>();

    /** The sum of the batches by currency. */
    private final Map<String, Requested> requested = new HashMap<>();

    private record Requested(String currency, long tokens, double cost) {
        private Requested plus(Requested other) {
            return new Requested(currency, tokens + other.tokens, cost + other.cost);
        }

        private Requested minus(Requested other) {
            return new Requested(currency, tokens - other.tokens, cost - other.cost);
        }
    }

    /** The use of an attempt whose records are open. */
    public TeamUse(UsageRecords records, RunRef run, String activity, String attempt, LongSupplier clock) {
        this(() -> records, run, activity, attempt, clock);
    }

    /**
     * @param records opens the records when they are needed first
     * @param activity type of the activity
     * @param attempt names the attempt among all attempts of all activities
     * @param clock milliseconds since 1970
     */
    public TeamUse(Supplier<UsageRecords> records, RunRef run, String activity, String attempt, LongSupplier clock) {
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

    /** The run has ended, and nobody reads its records any more: only the use of its team is counted. */
    public void afterRun() {
        afterRun = true;
    }

    /** The attempt has a slot from now on. */
    public synchronized void begin() throws IOException {
        began = clock.getAsLong();
        written = began;
        hasSlot = true;
        write(began + AHEAD.toMillis());
    }

    /** The attempt still has the slot. */
    public synchronized void goOn() throws IOException {
        if (!ended) {
            long now = clock.getAsLong();
            slotOfRun(now);
            write(now + AHEAD.toMillis());
        }
    }

    /** The attempt gives the slot back. */
    public synchronized void end() throws IOException {
        ended = true;
        long now = Math.max(began, clock.getAsLong());
        slotOfRun(now);
        write(now);
    }

    private void slotOfRun(long until) {
        if (hasSlot && until - began >= SHORTEST_SLOT.toMillis()) {
            recordOfRun(key, new RunUseRecords.Entry(activity, (until - began) / HOUR, 0, 0, null));
        }
    }

    private void write(long until) throws IOException {
        recordOfTeam(key, new UsageRecords.Entry(run.pipeline(), run.runId(), activity, began, until, 0, 0), written);
        written = until;
    }

    /** The name of a batch of requests that have no digests, for {@link #count}. */
    synchronized String newBatch() {
        newBatches++;
        return "batch " + newBatches;
    }

    /**
     * Counts a batch of requests. Before they are sent, it is called with the most that they can use; after that, with what
     * they used.
     *
     * @param digests of the requests
     * @param cost in the currency of the operator's prices
     * @param currency of these prices; null when no outside service answers, which is no use of the run's
     */
    public void count(Collection<String> digests, long tokens, double cost, @Nullable String currency)
            throws IOException {
        if (digests.isEmpty()) {
            return;
        }
        String batch = digest(key + String.join(",", new TreeSet<>(digests)));
        if (currency != null) {
            countOfRun(batch, new Requested(currency, tokens, cost));
        }
        long at = batchTime(batch);
        recordOfTeam(batch, new UsageRecords.Entry(run.pipeline(), run.runId(), activity, at, at, tokens, cost), at);
    }

    private synchronized void countOfRun(String batch, Requested used) {
        Requested before = batches.put(batch, used);
        Requested sum = requested.getOrDefault(used.currency(), new Requested(used.currency(), 0, 0));
        sum = (before == null ? sum : sum.minus(before)).plus(used);
        requested.put(used.currency(), sum);
        recordOfRun(
                digest(key + " requests in " + used.currency()),
                new RunUseRecords.Entry(activity, 0, sum.tokens(), sum.cost(), used.currency()));
    }

    /** Writes or replaces a record of the team, if the run has one. */
    private void recordOfTeam(String name, UsageRecords.Entry entry, long before) throws IOException {
        String team = run.team();
        if (team != null) {
            records.get().put(team, name, entry, before);
        }
    }

    /** Writes or replaces a record of the run. A cost that cannot be recorded does not end the work that was paid. */
    private void recordOfRun(String name, RunUseRecords.Entry entry) {
        if (afterRun) {
            return;
        }
        try {
            records.get().ofRun(run.runId()).put(name, entry);
        } catch (IOException | RuntimeException lost) {
            LOG.warn("the use of an activity of run {} cannot be recorded: {}", run.runId(), lost.getMessage());
        }
    }

    /**
     * Counts what a training job at an outside service cost, for this thread's activity. A job counts once, also if another
     * attempt counts it again.
     *
     * @param job identifies the job among all jobs
     * @param ended when it ended by the service's clock, in milliseconds since 1970; 0 = the service does not say
     * @param cost in the currency of the operator's prices; null = no price is declared
     * @param currency of these prices; null = not declared
     */
    public static void countJob(String job, long ended, @Nullable Double cost, @Nullable String currency)
            throws IOException {
        TeamUse use = CURRENT.get();
        if (use != null && cost != null && cost > 0) {
            use.job(job, ended, cost, currency);
        }
    }

    private void job(String job, long ended, double cost, @Nullable String currency) throws IOException {
        long now = clock.getAsLong();
        String name = digest("job " + run.pipeline() + " " + run.runId() + " " + job);
        if (currency != null) {
            recordOfRun(name, new RunUseRecords.Entry(activity, 0, 0, cost, currency));
        }
        String team = run.team();
        if (team == null || records.get().has(team, name, now - LATE.toMillis(), now)) {
            return; // a record of another day would count twice
        }
        // A time that the service makes up must not hide the cost in another year.
        long at = ended <= now && ended > now - LATE.toMillis() ? ended : now;
        recordOfTeam(name, new UsageRecords.Entry(run.pipeline(), run.runId(), activity, at, at, 0, cost), at);
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
        String name = digest(String.format(Locale.ROOT, "gpus of %s since %d", job, from));
        recordOfRun(name, new RunUseRecords.Entry(activity, gpus * Math.max(0, until - from) / HOUR, 0, 0, null));
        recordOfTeam(
                name, new UsageRecords.Entry(run.pipeline(), run.runId(), activity, from, until, 0, 0, gpus), written);
    }

    /** Both records of a batch have one time, so that the second replaces the first even at midnight. */
    private synchronized long batchTime(String batch) {
        if (!batch.equals(lastBatch)) {
            lastBatch = batch;
            lastTime = clock.getAsLong();
        }
        return lastTime;
    }

    private static String digest(String text) {
        return Sha256.of(text).substring(0, 32);
    }
}
