package dev.septet.dsl.parse;

import dev.septet.dsl.problem.ProblemId;
import dev.septet.dsl.problem.Problems;
import dev.septet.dsl.problem.SourceLocation;
import dev.septet.dsl.problem.SourceText;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;

/**
 * Runs the parser on a thread of its own for at most {@link FileLimits#PARSE} of CPU time; on a busy machine this may take
 * up to {@link FileLimits#WAIT}. Java cannot stop a thread from outside, so a parser that overruns keeps its permit until
 * it ends. A few such parsers block the parsing of further files, but never the machine.
 */
final class Deadline {
    private static final int PLACES = 4;
    private static final Semaphore FREE = new Semaphore(PLACES);
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
    private static final long LOOK_MILLIS = 100;

    /** Stack size in bytes: Groovy's parser needs several frames for each level of nesting. */
    private static final long STACK = 16L << 20;

    static {
        // Loads the parser's classes, so that their loading time does not count for the first file.
        new GroovyReader(new Problems(SourceText.of("", "a { b 1, c: 2.d }"))).file(BraceSyntax.NONE);
    }

    private Deadline() {}

    /** The result of the reader, and the problems: the given ones or the reader's own. */
    record Answer<T>(Problems problems, Optional<T> read) {}

    static <T> Answer<T> read(Problems problems, Function<GroovyReader, Optional<T>> reader) {
        // The thread has its own collector, so that it shares none with the caller after the deadline.
        var own = new Problems(problems.source());
        var task = new FutureTask<>(() -> reader.apply(new GroovyReader(own)));
        try {
            if (!FREE.tryAcquire(FileLimits.WAIT.toMillis(), TimeUnit.MILLISECONDS)) {
                return tooSlow(problems);
            }
            return new Answer<>(own, await(task, start(task)));
        } catch (TimeoutException e) {
            return tooSlow(problems);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof StackOverflowError) {
                return tooDeep(problems);
            }
            throw new IllegalStateException("the parser failed", e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return tooSlow(problems);
        }
    }

    private static Thread start(FutureTask<?> task) {
        Runnable work = () -> {
            try {
                task.run();
            } finally {
                FREE.release();
            }
        };
        var thread = new Thread(null, work, "pipeline-parser", STACK);
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    private static <T> Optional<T> await(FutureTask<Optional<T>> task, Thread thread)
            throws InterruptedException, ExecutionException, TimeoutException {
        long end = System.nanoTime() + FileLimits.WAIT.toNanos();
        while (true) {
            try {
                return task.get(LOOK_MILLIS, TimeUnit.MILLISECONDS);
            } catch (TimeoutException e) {
                long worked =
                        THREADS.isThreadCpuTimeSupported() ? THREADS.getThreadCpuTime(thread.getId()) : Long.MAX_VALUE;
                if (worked > FileLimits.PARSE.toNanos() || System.nanoTime() > end) {
                    throw e;
                }
            }
        }
    }

    private static <T> Answer<T> tooSlow(Problems problems) {
        return limit(
                problems,
                "the file takes longer to read than " + FileLimits.PARSE.toSeconds() + " seconds, which is the limit");
    }

    private static <T> Answer<T> tooDeep(Problems problems) {
        return limit(problems, "an expression in the file is nested too deep to read");
    }

    private static <T> Answer<T> limit(Problems problems, String message) {
        problems.add(
                ProblemId.LIMIT,
                SourceLocation.of(problems.source().file()),
                message,
                "Make it shorter and flatter, then try again.");
        return new Answer<>(problems, Optional.empty());
    }
}
