package dev.septet.activities.train;

import static org.assertj.core.api.Assertions.assertThat;

import dev.septet.activities.attempt.Shutdown;
import dev.septet.activities.attempt.TinyPipeline;
import dev.septet.activities.store.Disk;
import dev.septet.activities.store.LocalStore;
import dev.septet.dsl.pipeline.train.TrainSpec;
import dev.septet.workflows.artifact.CheckpointRef;
import dev.septet.workflows.train.TrainActivities;
import dev.septet.workflows.train.TrainRequest;
import io.temporal.testing.TestActivityEnvironment;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** The tiny pipeline's training stage on a disk that a test may take away. */
abstract class TrainingScene {
    @TempDir
    Path temp;

    final TestActivityEnvironment environment = TestActivityEnvironment.newInstance();
    Shutdown shutdown = new Shutdown();
    LocalStore store;
    TinyPipeline tiny;

    @BeforeEach
    void open() {
        store = new LocalStore(temp.resolve("store"));
        tiny = new TinyPipeline(store, "run-1", temp);
    }

    @AfterEach
    void close() {
        environment.close();
    }

    List<LedgerLine> ledger(CheckpointRef result) throws IOException {
        return TrainingLedger.read(store.fetch(result.ledger()).resolve(TrainingLedger.FILE))
                .lines();
    }

    static String lossBits(List<LedgerLine> ledger, int step) {
        return Objects.requireNonNull(ledger.get(step).lossBits());
    }

    static void assertEveryStepOnce(List<LedgerLine> ledger) {
        assertThat(ledger.stream().map(LedgerLine::step))
                .containsExactlyElementsOf(
                        IntStream.range(0, TinyPipeline.STEPS).boxed().toList());
    }

    static TrainSpec lora() {
        return TinyPipeline.train(TinyPipeline.LORA);
    }

    CheckpointRef train(TrainSpec spec, Disk disk) throws IOException {
        return train(tiny.trainRequest(spec), disk);
    }

    CheckpointRef train(TrainRequest request, Disk disk) {
        return train(request, disk, false);
    }

    /** @param restarts whether trainings of other engines start again */
    CheckpointRef train(TrainRequest request, Disk disk, boolean restarts) {
        LocalStore watched = new LocalStore(store.root(), disk);
        TestActivityEnvironment own = TestActivityEnvironment.newInstance();
        try {
            own.registerActivitiesImplementations(
                    new TrainActivitiesImpl(watched, watched.checkpoints(), shutdown, BackEnd.Finder.NONE, restarts));
            return Objects.requireNonNull(
                    own.newActivityStub(TrainActivities.class).train(request, 0).checkpoint());
        } finally {
            own.close();
        }
    }

    /** From its n-th action on, nothing reaches the disk any more: the process is dead. */
    static Disk dyingAfter(int actions) {
        int[] left = {actions};
        return new Disk((action, path) -> {
            if (--left[0] < 0) {
                throw new IllegalStateException("killed by the test");
            }
        });
    }
}
