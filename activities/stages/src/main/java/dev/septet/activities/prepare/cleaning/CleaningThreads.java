package dev.septet.activities.prepare.cleaning;

import dev.septet.activities.dataset.DatasetReader;
import dev.septet.activities.trace.CallerContext;
import java.io.Closeable;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Cleans rows on several threads, and gives them in reading order. The calling thread reads, and receives the rows. The
 * number and the size of the rows in memory are bounded. The result does not depend on the number of threads.
 */
public final class CleaningThreads implements Closeable {
    private static final int BATCH_ROWS = 64;
    private static final long BATCH_BYTES = 1 << 17;

    /** The calling thread cannot read and compare rows fast enough for more. */
    private static final int MAX_THREADS = 32;

    /** Bytes of the rows that are read and not received, in the file; one batch may have more. */
    private static final long MAX_PENDING_BYTES = 64L << 20;

    private final int threads;
    private final long maxPendingBytes;
    private final ThreadLocal<RowCleaner> cleaners;
    private @Nullable ExecutorService pool;

    /**
     * @param threads number of threads, at least 1; with 1 the calling thread cleans
     * @param cleaners creates a thread's cleaner
     */
    public CleaningThreads(int threads, Supplier<RowCleaner> cleaners) {
        this(threads, MAX_PENDING_BYTES, cleaners);
    }

    CleaningThreads(int threads, long maxPendingBytes, Supplier<RowCleaner> cleaners) {
        this.threads = threads;
        this.maxPendingBytes = maxPendingBytes;
        this.cleaners = ThreadLocal.withInitial(cleaners);
    }

    /**
     * One thread for each core, at most {@value #MAX_THREADS}.
     *
     * @param cleaners creates a thread's cleaner
     */
    public static CleaningThreads onAllCores(Supplier<RowCleaner> cleaners) {
        return new CleaningThreads(Math.min(MAX_THREADS, Runtime.getRuntime().availableProcessors()), cleaners);
    }

    /** Receives rows. */
    @FunctionalInterface
    public interface Sink {
        void add(CleanedRow row) throws IOException;
    }

    /** Cleaned rows, and the problem that ended a batch early. */
    private record Batch(List<CleanedRow> rows, @Nullable RuntimeException problem) {}

    /**
     * A batch that a thread cleans.
     *
     * @param bytes length of its rows in the file
     */
    private record Running(Future<Batch> batch, long bytes) {}

    /**
     * Cleans all rows of a reader. A problem is thrown when all rows before it were received.
     *
     * @param declared whether the rows have the fields that the pipeline declares; reviewed rows have not
     */
    public void clean(DatasetReader reader, boolean declared, Sink sink) throws IOException {
        Deque<Running> running = new ArrayDeque<>();
        long pending = 0;
        try {
            Exception last = null;
            for (boolean more = true; more; ) {
                List<DatasetReader.Pending> batch = new ArrayList<>();
                long bytes = 0;
                try {
                    while (more && batch.size() < BATCH_ROWS && bytes < BATCH_BYTES) {
                        Optional<DatasetReader.Pending> next = reader.pending();
                        next.ifPresent(batch::add);
                        bytes += next.map(DatasetReader.Pending::bytes).orElse(0L);
                        more = next.isPresent();
                    }
                } catch (IOException | RuntimeException e) {
                    last = e;
                    more = false;
                }
                if (threads == 1) {
                    receive(cleaned(batch, declared), sink);
                    continue;
                }
                running.add(new Running(pool().submit(() -> cleaned(batch, declared)), bytes));
                pending += bytes;
                while (!running.isEmpty() && (!more || running.size() > 2 * threads || pending > maxPendingBytes)) {
                    Running first = running.remove();
                    receive(result(first.batch()), sink);
                    pending -= first.bytes();
                }
            }
            if (last instanceof IOException e) {
                throw e;
            } else if (last instanceof RuntimeException e) {
                throw e;
            }
        } finally {
            running.forEach(batch -> batch.batch().cancel(true));
        }
    }

    private Batch cleaned(List<DatasetReader.Pending> batch, boolean declared) {
        RowCleaner cleaner = cleaners.get();
        List<CleanedRow> rows = new ArrayList<>(batch.size());
        for (DatasetReader.Pending pending : batch) {
            try {
                rows.add(cleaner.clean(pending, declared));
            } catch (RuntimeException e) {
                return new Batch(rows, e);
            }
        }
        return new Batch(rows, null);
    }

    private static void receive(Batch batch, Sink sink) throws IOException {
        for (CleanedRow row : batch.rows()) {
            sink.add(row);
        }
        if (batch.problem() != null) {
            throw batch.problem();
        }
    }

    private static Batch result(Future<Batch> future) throws IOException {
        try {
            return future.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while rows are cleaned");
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Error error) {
                throw error;
            }
            throw new IllegalStateException("cleaning failed", e.getCause());
        }
    }

    private ExecutorService pool() {
        ExecutorService open = pool;
        if (open == null) {
            open = Executors.newFixedThreadPool(threads, work -> {
                Thread thread = new Thread(CallerContext.of(work), "septet-clean");
                thread.setDaemon(true);
                return thread;
            });
            pool = open;
        }
        return open;
    }

    /** Ends the threads. It waits for them, because they use the tokenizer, which is closed next. */
    @Override
    public void close() {
        ExecutorService open = pool;
        if (open == null) {
            return;
        }
        open.shutdownNow();
        boolean interrupted = false;
        for (boolean ended = false; !ended; ) {
            try {
                ended = open.awaitTermination(1, TimeUnit.HOURS);
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
