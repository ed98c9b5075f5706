package dev.septet.activities.train.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.septet.activities.attempt.Attempt;
import dev.septet.activities.attempt.Heartbeats;
import dev.septet.activities.attempt.Shutdown;
import dev.septet.activities.attempt.TinyPipeline;
import dev.septet.activities.store.CheckpointStore;
import dev.septet.activities.store.CheckpointStore.Checkpoint;
import dev.septet.activities.store.Fence;
import dev.septet.activities.store.LocalStore;
import dev.septet.activities.train.TrainingContext;
import dev.septet.activities.train.TrainingSteering;
import dev.septet.activities.train.outside.TrainerFolder;
import dev.septet.dsl.pipeline.backend.CommandTrainerSpec;
import io.temporal.activity.ActivityExecutionContext;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A trainer that writes or removes a checkpoint while Septet copies it. */
class TrainerCheckpointsTest {
    @TempDir
    Path temp;

    /** What the trainer does between the moment when Septet lists the files and the moment when it copies them. */
    private final Deque<Change> meanwhile = new ArrayDeque<>();

    /** What the trainer does between the first check and the second. */
    private Change pause = () -> {};

    private interface Change {
        void run() throws IOException;
    }

    private final Heartbeats heartbeats = new Heartbeats(silent());
    private TrainerFolder folder;
    private TrainerMetrics metrics;
    private TrainerCheckpoints checkpoints;

    @BeforeEach
    void begin() throws IOException {
        folder = new TrainerFolder(Files.createDirectories(temp.resolve("runs/run-1-train")));
        LocalStore store = new LocalStore(temp.resolve("store"));
        Fence fence = new Fence("run-1/train", 1);
        store.open(fence);
        Path file = temp.resolve("trainers.yaml");
        Files.writeString(file, "trainers: {fake: {command: [/bin/false]}}\n");
        metrics = new TrainerMetrics(folder.metrics(), "fake", TinyPipeline.STEPS);
        checkpoints = new TrainerCheckpoints(
                new OutsideTrainers(file, temp.resolve("runs")).declared(new CommandTrainerSpec("fake", Map.of())),
                folder,
                new TrainingContext(
                        new TinyPipeline(store, "run-1", temp).run(),
                        "train",
                        store,
                        interrupted(store.checkpoints()),
                        new Attempt(fence, heartbeats),
                        new Shutdown(),
                        "",
                        TrainingSteering.none(fence)),
                1,
                () -> pause.run());
    }

    @AfterEach
    void end() {
        heartbeats.close();
    }

    @Test
    void aMarkThatIsStillWrittenIsCheckedAgain() throws IOException {
        step(2, "served");
        meanwhile.add(() -> write(2, "complete", "served 1"));

        assertThat(checkpoints.store(metrics)).isTrue();

        assertThat(stored("complete")).hasContent("served 1");
    }

    /** A file is empty between its creation and its first bytes. */
    @Test
    void anEmptyMarkIsReadTwice() throws IOException {
        step(2, "");
        pause = () -> write(2, "complete", "served 1");

        assertThat(checkpoints.store(metrics)).isTrue();

        assertThat(stored("complete")).hasContent("served 1");
    }

    /** The order in which a program removes a folder's files is not known, and a large folder takes seconds. */
    @Test
    void anOldCheckpointWhoseRemovalHasBegunIsNoFault() throws IOException {
        step(2, "");
        meanwhile.add(() -> {
            write(4, "state", "state 4");
            write(4, "complete", "");
            Files.delete(folder.checkpoint(2).resolve("state"));
        });

        assertThat(checkpoints.store(metrics))
                .as("the metrics of step 4 are not read yet")
                .isFalse();
        step(4, "");
        assertThat(checkpoints.store(metrics)).isTrue();

        assertThat(checkpoints.newest()).map(Checkpoint::step).contains(4);
    }

    @Test
    void aRemovedCheckpointIsNoFault() throws IOException {
        step(2, "");
        meanwhile.add(() -> {
            Files.delete(folder.checkpoint(2).resolve("complete"));
            Files.delete(folder.checkpoint(2).resolve("state"));
        });

        assertThat(checkpoints.store(metrics)).isFalse();
    }

    @Test
    void oneThatChangesAgainBreaksTheContract() throws IOException {
        step(2, "");
        meanwhile.add(() -> write(2, "state", "another state"));
        meanwhile.add(() -> write(2, "state", "and another state"));

        assertThatThrownBy(() -> checkpoints.store(metrics))
                .hasMessageContaining("checkpoint-2 changed after it was complete");
        assertThat(checkpoints.newest()).isEmpty();
    }

    private Path stored(String name) {
        return checkpoints
                .newest()
                .map(Checkpoint::folder)
                .orElse(Path.of("nothing"))
                .resolve(name);
    }

    /** The trainer's steps up to this one, and a checkpoint after it. */
    private void step(int step, String mark) throws IOException {
        StringBuilder lines = new StringBuilder();
        for (int each = 1; each <= step; each++) {
            lines.append("{\"step\": ").append(each).append(", \"loss\": 1}\n");
        }
        Files.writeString(folder.metrics(), lines);
        metrics.read();
        write(step, "state", "state " + step);
        write(step, "complete", mark);
    }

    private void write(int step, String name, String text) throws IOException {
        Files.writeString(Files.createDirectories(folder.checkpoint(step)).resolve(name), text);
    }

    private CheckpointStore interrupted(CheckpointStore real) {
        return (CheckpointStore) Proxy.newProxyInstance(
                CheckpointStore.class.getClassLoader(),
                new Class<?>[] {CheckpointStore.class},
                (proxy, method, arguments) -> {
                    if (method.getName().equals("commit")) {
                        Optional<Change> change = Optional.ofNullable(meanwhile.poll());
                        if (change.isPresent()) {
                            change.get().run();
                        }
                    }
                    try {
                        return method.invoke(real, arguments);
                    } catch (InvocationTargetException failed) {
                        throw failed.getCause();
                    }
                });
    }

    private static ActivityExecutionContext silent() {
        return (ActivityExecutionContext) Proxy.newProxyInstance(
                ActivityExecutionContext.class.getClassLoader(),
                new Class<?>[] {ActivityExecutionContext.class},
                (proxy, method, arguments) -> null);
    }
}
