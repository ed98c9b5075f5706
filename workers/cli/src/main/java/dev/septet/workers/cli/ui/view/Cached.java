package dev.septet.workers.cli.ui.view;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * A value that is read again when it is old and somebody asks for it. One reader works at a time, however many ask. While a
 * read fails or takes long, the last value stays.
 *
 * @param <T> the value
 */
public final class Cached<T> {
    /** The longest that a request waits for a read. */
    private static final Duration PATIENCE = Duration.ofSeconds(3);

    /** A value of this age is shown while the next one is read. */
    private static final Duration TOLERATED = Duration.ofSeconds(30);

    /** A reader rests this many times as long as it read, so that slow reads do not load the server. */
    private static final int REST = 4;

    /** The longest rest after a slow read. */
    private static final Duration LONGEST_REST = Duration.ofSeconds(15);

    private final Reader<T> reader;
    private final Duration fresh;
    private final Executor threads;
    private final Clock clock;
    private Held<T> held = new Held<>(null, null, null);
    private Instant due = Instant.MIN;
    private boolean expired;
    private int changes;
    private @Nullable CompletableFuture<Void> reading;

    /** Reads a value. */
    public interface Reader<T> {
        /** The value now; the exception's message is for people. */
        T read() throws Exception;
    }

    /**
     * What is known.
     *
     * @param value null before the first successful read
     * @param at when it was read
     * @param problem why the last read failed; null when it succeeded
     */
    public record Held<T>(
            @Nullable T value,
            @Nullable Instant at,
            @Nullable String problem) {}

    /**
     * @param fresh age up to which a value is not read again
     */
    public Cached(Reader<T> reader, Duration fresh, Executor threads, Clock clock) {
        this.reader = reader;
        this.fresh = fresh;
        this.threads = threads;
        this.clock = clock;
    }

    /** Begins to read the value if it is old, and does not wait. */
    synchronized void begin() {
        if (!reads() && !isFresh()) {
            reading = CompletableFuture.runAsync(this::read, threads);
        }
    }

    /** The value, read now if it is old. */
    public Held<T> get() {
        Held<T> found = once();
        return stale() ? once() : found; // a read that began before a change does not show it
    }

    private synchronized boolean stale() {
        return expired && held.value() != null;
    }

    private Held<T> once() {
        CompletableFuture<Void> current;
        synchronized (this) {
            if (isFresh()) {
                return held;
            }
            if (!reads()) {
                reading = CompletableFuture.runAsync(this::read, threads);
            }
            Instant at = held.at();
            Instant now = clock.instant();
            if (!expired && at != null && !now.isBefore(at) && now.isBefore(at.plus(TOLERATED))) {
                return held; // the next request gets the new value
            }
            current = Objects.requireNonNull(reading);
        }
        try {
            current.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException slow) {
            // The last value is shown meanwhile.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        }
        synchronized (this) {
            return held;
        }
    }

    /** Reads the value again at the next request, which waits for it. */
    synchronized void expire() {
        due = Instant.MIN;
        expired = true;
        changes++;
    }

    /** A value is read again later by no more than its rest. If it seems to be, the clock was set back. */
    private synchronized boolean isFresh() {
        Instant now = clock.instant();
        Duration longest = LONGEST_REST.compareTo(fresh) > 0 ? LONGEST_REST : fresh;
        return now.isBefore(due) && !now.plus(longest).isBefore(due);
    }

    private synchronized int changes() {
        return changes;
    }

    private boolean reads() {
        return reading != null && !reading.isDone();
    }

    private void read() {
        Instant begun = clock.instant();
        int before = changes();
        T value = null;
        String problem = null;
        try {
            value = reader.read();
        } catch (Exception failed) {
            problem = ServerLink.words(failed);
        }
        Instant ended = clock.instant();
        Duration rest = Duration.between(begun, ended).multipliedBy(REST);
        rest = rest.compareTo(LONGEST_REST) > 0 ? LONGEST_REST : rest;
        synchronized (this) {
            expired = before != changes;
            held = value == null ? new Held<>(held.value(), held.at(), problem) : new Held<>(value, ended, null);
            due = expired ? Instant.MIN : ended.plus(rest.compareTo(fresh) > 0 ? rest : fresh);
        }
    }
}
