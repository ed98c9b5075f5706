package dev.septet.activities.train.outside;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Starts and ends the program of a run folder. */
public interface TrainerLauncher {
    /**
     * The end of a trainer.
     *
     * @param status exit status; 128 + n when signal n ended it
     * @param reason {@code exited}, or what ended it, such as {@code told} by a worker, {@code orphaned} or {@code
     *     timeout}
     */
    record Exit(int status, String reason) {
        private static final Pattern WRITTEN = Pattern.compile("([0-9]{1,3}) ([a-z]+)\\s*");

        /** Reads what a supervisor wrote; a full disk may leave an empty file. */
        public static Optional<Exit> parse(String text) {
            return Optional.of(WRITTEN.matcher(text))
                    .filter(Matcher::matches)
                    .map(exit -> new Exit(Integer.parseInt(exit.group(1)), exit.group(2)));
        }
    }

    /**
     * What a job waits for.
     *
     * @param why for people
     * @param known whether the job certainly waits; if not, its platform does not answer, and the job may run
     */
    record Waiting(String why, boolean known) {}

    /** Restores of a lost run folder what is needed to follow a trainer that does not share it. */
    default void adopt() throws IOException {}

    /** Whether the trainer runs, or waits for its turn. */
    boolean held() throws IOException;

    /** How it ended; empty while it runs, or when nobody wrote it down. */
    Optional<Exit> exit() throws IOException;

    /** What happened when the trainer is gone, and nobody wrote down how it ended. */
    default String lost() throws IOException {
        return "its supervisor was killed";
    }

    /** Starts the trainer, unless it runs already. */
    void start() throws IOException;

    /** Ends the trainer; returns when nothing of it runs. */
    void end() throws IOException;

    /** How long the stage may wait without a worker before it looks again; zero = a worker follows all the time. */
    Duration pause();

    /** What the trainer waits for, so that it cannot write metrics; empty while it runs. */
    Optional<Waiting> queued() throws IOException;

    /** GPUs of all nodes of a job; 0 = it has none, or they are slots of a worker. */
    default int gpus() {
        return 0;
    }

    /** A script beside a launcher's class, after the part that all scripts share. */
    static String script(Class<? extends TrainerLauncher> launcher, String name) {
        return resource(TrainerLauncher.class, "watch-trainer.sh") + resource(launcher, name);
    }

    /** Between two looks at a trainer. */
    static void sleep() throws IOException {
        try {
            Thread.sleep(100);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while waiting for a trainer", e);
        }
    }

    private static String resource(Class<?> beside, String name) {
        try (InputStream in = beside.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException(name + " is missing from this build");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
