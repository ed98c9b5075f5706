package dev.septet.llm.sandbox;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;

/** The main routine of a child process. */
public final class SandboxProbe {
    /** Incremented when probes or limits change, so that older verdicts are ignored. */
    static final String VERSION = "v3";

    /**
     * System property with the path of the file that a child creates once it has started; set only
     * in child processes.
     */
    static final String STARTED = "septet.probe";

    static final int OUT_OF_MEMORY = 40;
    static final int STACK_OVERFLOW = 41;
    static final int TOO_LONG = 42;
    static final int CANNOT_LOAD = 43;
    static final int FAILED = 44;

    /** Smaller than the stack of any thread that opens models in a worker. */
    private static final long STACK = 512L << 10;

    private static final Duration WATCH = Duration.ofSeconds(110);

    /** Opens a file in all ways in which it will be used; may throw when it rejects the file. */
    @FunctionalInterface
    public interface Work {
        void open() throws Exception;
    }

    private SandboxProbe() {}

    /** Whether this process is a child process of the sandbox. */
    static boolean running() {
        return System.getProperty(STARTED) != null;
    }

    /**
     * Runs {@code work} under the restrictions and ends this process.
     *
     * @param reads files and folders that the work reads
     * @param preparation loads native libraries before the restrictions apply
     */
    public static void run(List<Path> reads, Work preparation, Work work) {
        Path started = Path.of(System.getProperty(STARTED, ""));
        try {
            preparation.open();
            // This also makes Java load its file classes, which open a socket when they are loaded.
            Files.createFile(started);
        } catch (Exception | LinkageError missing) {
            System.err.println("Error: " + missing);
            Runtime.getRuntime().halt(CANNOT_LOAD);
        }
        ProcessRestrictions.apply(
                reads, Objects.requireNonNull(started.toAbsolutePath().getParent()));
        Thread watch = new Thread(SandboxProbe::exitWithParent, "watch");
        watch.setDaemon(true);
        watch.start();
        new Thread(null, () -> Runtime.getRuntime().halt(status(work)), "probe", STACK).start();
    }

    /** Runs a step; a rejected file does not skip the next step. */
    public static void attempt(Work step) {
        try {
            step.open();
        } catch (Exception refused) {
            // A worker would reject the file with the same message, and that ends no process.
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

    private static void exitWithParent() {
        try {
            Thread.sleep(WATCH.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        Runtime.getRuntime().halt(TOO_LONG);
    }
}
