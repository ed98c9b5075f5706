package dev.septet.workers.cli.ui;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
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
final class Cached<T> {
    /** The longest that a request waits for a read. */
    private static final Duration PATIENCE = Duration.ofSeconds(3);

    /** A read may take this fraction of the time, so that slow reads do not load the server. */
    private static final int REST = 10;

    private final Reader<T> reader;
    private final Duration fresh;
    private final Executor threads;
    private final Clock clock;
    private Held<T> held = new Held<>(null, null, null);
    private Instant due = Instant.MIN;
    private @Nullable CompletableFuture<Void> reading;

    /** Reads a value. */
    interface Reader<T> {
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
    record Held<T>(
            @Nullable T value, @Nullable Instant at, @Nullable String problem) {}

    /**
     * @param fresh age up to which a value is not read again
     */
    Cached(Reader<T> reader, Duration fresh, Executor threads, Clock clock) {
        this.reader = reader;
        this.fresh = fresh;
        this.threads = threads;
        this.clock = clock;
    }

    /** The value, read now if it is old. */
    Held<T> get() {
        CompletableFuture<Void> current;
        synchronized (this) {
            if (clock.instant().isBefore(due)) {
                return held;
            }
            current = reading;
            if (current == null) {
                current = CompletableFuture.runAsync(this::read, threads);
                reading = current;
            }
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

    /** Reads the value again at the next request. */
    synchronized void expire() {
        due = Instant.MIN;
    }

    private void read() {
        Instant begun = clock.instant();
        T value = null;
        String problem = null;
        try {
            value = reader.read();
        } catch (Exception failed) {
            problem = ServerLink.words(failed);
        }
        Instant ended = clock.instant();
        Duration rest = Duration.between(begun, ended).multipliedBy(REST);
        synchronized (this) {
            held = value == null ? new Held<>(held.value(), held.at(), problem) : new Held<>(value, ended, null);
            due = ended.plus(rest.compareTo(fresh) > 0 ? rest : fresh);
            reading = null;
        }
    }
}
