package dev.septet.llm.sandbox;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/** The inside of a child process: what its main class runs. */
public final class Probe {
    /** Goes up when probes or limits change, so that older verdicts do not count. */
    static final String VERSION = "v2";

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

    private Probe() {}

    /** Whether this process is such a child. */
    static boolean running() {
        return System.getProperty(STARTED) != null;
    }

    /** Runs it and ends this process. */
    public static void run(Work work) {
        Thread watch = new Thread(Probe::watch, "watch");
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
            Files.createFile(Path.of(System.getProperty(STARTED, "")));
        } catch (IOException e) {
            return CANNOT_LOAD;
        }
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
