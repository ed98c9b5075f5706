package dev.septet.examples.kills;

import dev.septet.activities.store.LocalStore;
import dev.septet.activities.support.Shutdown;
import dev.septet.activities.train.TrainActivitiesImpl;
import dev.septet.dsl.spec.SpecJson;
import dev.septet.workflows.artifact.CheckpointRef;
import dev.septet.workflows.train.TrainActivities;
import dev.septet.workflows.train.TrainRequest;

import io.temporal.testing.TestActivityEnvironment;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;

/**
 * A process that runs the real training activity on a store, goes on from what is there, and may be
 * killed at any instant. It says {@code begun} before it trains, {@code saving} before each save,
 * {@code saved} after it, and at the end {@code result} with what the activity returned.
 */
public final class MortalTraining {
    private MortalTraining() {}

    /** Usage: {@code MortalTraining STORE REQUEST.json}. */
    public static void main(String[] arguments) throws IOException {
        LocalStore store = new LocalStore(Path.of(arguments[0]));
        TrainRequest request =
                SpecJson.mapper()
                        .readValue(Files.readAllBytes(Path.of(arguments[1])), TrainRequest.class);
        TestActivityEnvironment environment = TestActivityEnvironment.newInstance();
        try {
            environment.registerActivitiesImplementations(
                    new TrainActivitiesImpl(
                            store, new AnnouncedSaves(store.checkpoints()), new Shutdown()));
            say("begun");
            CheckpointRef result =
                    Objects.requireNonNull(
                            environment
                                    .newActivityStub(TrainActivities.class)
                                    .train(request, 0)
                                    .checkpoint(),
                            "nobody paused it");
            say(
                    "result "
                            + result.artifact().sha256()
                            + " "
                            + result.ledger().sha256()
                            + " "
                            + result.steps());
        } finally {
            environment.close();
        }
        // The environment leaves a thread behind that would keep the process.
        System.exit(0);
    }

    static void say(String words) {
        System.out.println(words);
        System.out.flush();
    }
}
