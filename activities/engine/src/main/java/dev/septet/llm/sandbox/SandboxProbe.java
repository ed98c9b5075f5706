package dev.septet.llm.sandbox;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;

/** The inside of a child process: what its main class runs. */
public final class SandboxProbe {
    /** Goes up when probes or limits change, so that older verdicts do not count. */
    static final String VERSION = "v3";

    /** Names the file by which a child says that it has started; set in no other process. */
    static final String STARTED = "septet.probe";

    static final int OUT_OF_MEMORY = 40;
    static final int STACK_OVERFLOW = 41;
    static final int TOO_LONG = 42;
    static final int CANNOT_LOAD = 43;
    static final int FAILED = 44;

    /** Smaller than the stack of any thread that opens models in a worker. */
    private static final long STACK = 512L << 10;

    private static final Duration WATCH = Duration.ofSeconds(110);

    /** Opens a file in all ways in which it will be used; what it refuses, it may throw. */
    @FunctionalInterface
    public interface Work {
        void open() throws Exception;
    }

    private SandboxProbe() {}

    /** Whether this process is such a child. */
    static boolean running() {
        return System.getProperty(STARTED) != null;
    }

    /**
     * Runs it, limited to what it needs, and ends this process.
     *
     * @param reads files and folders that it reads
     * @param preparation loads native libraries, before the limits
     */
    public static void run(List<Path> reads, Work preparation, Work work) {
        Path started = Path.of(System.getProperty(STARTED, ""));
        try {
            preparation.open();
            // Also makes Java load what it opens files with, which asks for a socket as it loads.
            Files.createFile(started);
        } catch (Exception | LinkageError missing) {
            System.err.println("Error: " + missing);
            Runtime.getRuntime().halt(CANNOT_LOAD);
        }
        ProcessRestrictions.apply(
                reads, Objects.requireNonNull(started.toAbsolutePath().getParent()));
        Thread watch = new Thread(SandboxProbe::watch, "watch");
        watch.setDaemon(true);
        watch.start();
        new Thread(null, () -> Runtime.getRuntime().halt(status(work)), "probe", STACK).start();
    }

    /** Does a step; what it refuses is no reason to leave out the next one. */
    public static void attempt(Work step) {
        try {
            step.open();
        } catch (Exception refused) {
            // In a worker it would be refused with the same words: that ends no process.
        }
    }

    private static int status(Work work) {
        try {
            work.open();
            return 0;
        } catch (Exception refused) {
            return 0;
        } catch (OutOfMemoryError e) {
            return OUT_OF_MEMORY;
        } catch (StackOverflowError e) {
            return STACK_OVERFLOW;
        } catch (LinkageError e) {
            return CANNOT_LOAD;
        } catch (Throwable e) {
            return FAILED;
        }
    }

    private static void watch() {
        try {
            Thread.sleep(WATCH.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        Runtime.getRuntime().halt(TOO_LONG);
    }
}
