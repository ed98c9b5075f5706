package dev.septet.examples.kills;

import dev.septet.activities.attempt.Shutdown;
import dev.septet.activities.store.LocalStore;
import dev.septet.activities.train.TrainActivitiesImpl;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.workflows.artifact.CheckpointRef;
import dev.septet.workflows.train.TrainActivities;
import dev.septet.workflows.train.TrainRequest;
import io.temporal.activity.ActivityOptions;
import io.temporal.testing.TestActivityEnvironment;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;

/**
 * A process that runs the real training activity on a store, continues from its checkpoints, and
 * may be killed at any time. It prints {@code begun} before it trains, {@code saving} before each
 * save and {@code saved} after it. At the end it prints {@code result} with the activity's result.
 */
public final class MortalTraining {
    /**
     * Longer timeouts, because the test environment's default of a second cancels the activity on a
     * busy machine.
     */
    private static final ActivityOptions OPTIONS = ActivityOptions.newBuilder()
            .setStartToCloseTimeout(Duration.ofDays(1))
            .setHeartbeatTimeout(Duration.ofMinutes(10))
            .build();

    /** How the line begins that a failed training prints. Its log may have exceptions that end nothing. */
    static final String FAILED = "Exception in the training: ";

    private MortalTraining() {}

    /** Usage: {@code MortalTraining STORE REQUEST.json}. Exits with 1 when the training fails. */
    public static void main(String[] arguments) {
        int status = 1;
        try {
            train(
                    new LocalStore(Path.of(arguments[0])),
                    SpecJson.mapper().readValue(Files.readAllBytes(Path.of(arguments[1])), TrainRequest.class));
            status = 0;
        } catch (IOException | RuntimeException | Error e) {
            StringWriter trace = new StringWriter();
            e.printStackTrace(new PrintWriter(trace));
            say(FAILED + trace);
        }
        // The test environment leaves a thread behind that would keep the process running.
        System.exit(status);
    }

    private static void train(LocalStore store, TrainRequest request) throws IOException {
        TestActivityEnvironment environment = TestActivityEnvironment.newInstance();
        try {
            environment.registerActivitiesImplementations(
                    new TrainActivitiesImpl(store, new AnnouncedSaves(store.checkpoints()), new Shutdown()));
            say("begun");
            CheckpointRef result = Objects.requireNonNull(
                    environment
                            .newActivityStub(TrainActivities.class, OPTIONS)
                            .train(request, 0)
                            .checkpoint(),
                    "no command paused it");
            say("result " + result.artifact().sha256() + " " + result.ledger().sha256() + " " + result.steps());
        } finally {
            environment.close();
        }
    }

    static void say(String words) {
        System.out.println(words);
        System.out.flush();
    }
}
