package dev.septet.activities.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.septet.activities.attempt.TinyPipeline;
import dev.septet.activities.store.CheckpointStore;
import dev.septet.activities.store.CheckpointStore.Checkpoint;
import dev.septet.activities.store.Disk;
import dev.septet.activities.store.DiskFullException;
import dev.septet.activities.store.Fence;
import dev.septet.activities.store.LocalStore;
import dev.septet.llm.method.Full;
import dev.septet.llm.method.Lora;
import dev.septet.llm.method.Method;
import dev.septet.llm.model.config.ComputePrecision;
import dev.septet.llm.optimizer.AdamW;
import dev.septet.llm.optimizer.LearningRate;
import dev.septet.llm.train.Trainer;
import dev.septet.llm.train.data.TokenDataset;
import dev.septet.llm.train.data.TokenDatasetWriter;
import dev.septet.llm.train.plan.TrainingPlan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class CheckpointWriterTest {
    private static final String SCOPE = "run-1/train";
    private static final Fence FENCE = new Fence(SCOPE, 1);
    private static final Lora LORA = new Lora(2, 4, 0, List.of("q_proj", "k_proj", "down_proj"));
    private static final CheckpointStore.Writer NOTHING = folder -> {};

    @TempDir
    Path temporary;

    private TokenDataset rows;

    @BeforeEach
    void open() throws IOException {
        Path file = temporary.resolve("rows.safetensors");
        TokenDatasetWriter.write(file, TinyPipeline.rows(24, 0));
        rows = TokenDataset.open(file);
    }

    static List<Method> methods() {
        return List.of(LORA, new Full());
    }

    @ParameterizedTest
    @MethodSource("methods")
    void aSlowDiskHoldsUpNoStepAndGetsTheStateOfTheMomentOfTheSave(Method method) throws IOException {
        CountDownLatch disk = new CountDownLatch(1);
        CheckpointStore store = store((action, path) -> await(disk));
        Path then = Files.createDirectory(temporary.resolve("then"));
        try (Trainer trainer = trainer(method, Optional.empty());
                CheckpointWriter checkpointWriter = new CheckpointWriter(store, SCOPE, FENCE, 2)) {
            trainer.step();
            trainer.save(then);
            checkpointWriter.commitAsync(trainer, NOTHING, Set.of());
            trainer.step();
            trainer.step();
            assertThat(checkpointWriter.published()).as("not on disk yet").isEmpty();

            disk.countDown();
            checkpointWriter.awaitCommit();
            Checkpoint published = checkpointWriter.published().orElseThrow();
            assertThat(published.step()).isEqualTo(1);
            assertThat(files(published.folder())).isEqualTo(files(then));
        }
    }

    @Test
    void aSaveWaitsForTheOneBefore() throws IOException {
        AtomicInteger underWay = new AtomicInteger();
        List<Integer> written = Collections.synchronizedList(new ArrayList<>());
        CheckpointStore store = store((action, path) -> {
            if (action.equals("move") && path.toString().contains("checkpoints")) {
                underWay.decrementAndGet();
            }
        });
        try (Trainer trainer = trainer(LORA, Optional.empty());
                CheckpointWriter checkpointWriter = new CheckpointWriter(store, SCOPE, FENCE, 2)) {
            while (!trainer.finished()) {
                trainer.step();
                int step = trainer.nextStep();
                checkpointWriter.commitAsync(
                        trainer,
                        folder -> {
                            assertThat(underWay.incrementAndGet()).isEqualTo(1);
                            written.add(step);
                        },
                        Set.of());
            }
            checkpointWriter.commitNow(trainer, folder -> written.add(-1), Set.of());
        }
        assertThat(written) // the last one was there already
                .containsExactlyElementsOf(IntStream.rangeClosed(1, 12).boxed().toList());
        assertThat(committed()).containsExactlyInAnyOrder("11", "12"); // older ones were removed
    }

    @Test
    void aFullDiskIsToldAtTheNextCallAndTheNextSaveTriesAgain() throws IOException {
        boolean[] full = {true};
        CheckpointStore store = store((action, path) -> {
            if (full[0]) {
                throw new IOException("No space left on device");
            }
        });
        try (Trainer trainer = trainer(LORA, Optional.empty());
                CheckpointWriter checkpointWriter = new CheckpointWriter(store, SCOPE, FENCE, 2)) {
            trainer.step();
            checkpointWriter.commitAsync(trainer, NOTHING, Set.of());
            assertThatThrownBy(checkpointWriter::awaitCommit)
                    .isInstanceOf(DiskFullException.class)
                    .hasMessageContaining("free some space there, then the run continues");
            assertThat(checkpointWriter.published()).isEmpty();

            full[0] = false;
            checkpointWriter.commitAsync(trainer, NOTHING, Set.of());
            checkpointWriter.awaitCommit();
            assertThat(checkpointWriter.published().map(Checkpoint::step)).contains(1);
        }
    }

    @Test
    void killedBeforeItIsPublishedTheRunGoesOnFromTheOneBeforeToTheSameBytes() throws IOException {
        Path undisturbed = Files.createDirectory(temporary.resolve("undisturbed"));
        try (Trainer trainer = trainer(LORA, Optional.empty())) {
            finish(trainer, undisturbed);
        }
        boolean[] dead = {false};
        CheckpointStore store = store((action, path) -> {
            dead[0] |= action.equals("move") && path.endsWith("4");
            if (dead[0]) {
                throw new IllegalStateException("killed by the test");
            }
        });
        Trainer doomed = trainer(LORA, Optional.empty());
        CheckpointWriter checkpointWriter = new CheckpointWriter(store, SCOPE, FENCE, 2);
        for (int step = 0; step < 4; step++) {
            doomed.step();
            if (step % 2 == 1) {
                checkpointWriter.commitAsync(doomed, NOTHING, Set.of());
            }
        }
        doomed.step();
        checkpointWriter.close(); // what it had to say is lost with it
        doomed.close();

        Checkpoint left = store.newestValid(SCOPE).checkpoint().orElseThrow();
        assertThat(left.step()).isEqualTo(2);
        Path resumed = Files.createDirectory(temporary.resolve("resumed"));
        try (Trainer trainer = trainer(LORA, Optional.of(left.folder()))) {
            finish(trainer, resumed);
        }
        assertThat(files(resumed)).isEqualTo(files(undisturbed));
    }

    @Test
    void waitsForTheDiskWhereACopyWouldTakeMoreThanHalfOfTheFreeMemory() throws IOException {
        try (Trainer trainer = trainer(LORA, Optional.empty())) {
            long needed = 2 * trainer.snapshotBytes();
            assertThat(threadOfASave(trainer, "scarce", needed - 1))
                    .isEqualTo(Thread.currentThread().getName());
            assertThat(threadOfASave(trainer, "enough", needed)).isEqualTo("septet-checkpoint");
        }
    }

    private String threadOfASave(Trainer trainer, String scope, long free) throws IOException {
        String[] thread = {""};
        try (CheckpointWriter checkpointWriter =
                new CheckpointWriter(store(any()), scope, new Fence(scope, 1), 1, () -> free)) {
            checkpointWriter.commitAsync(
                    trainer, folder -> thread[0] = Thread.currentThread().getName(), Set.of());
            checkpointWriter.awaitCommit();
        }
        return thread[0];
    }

    private CheckpointStore store(Disk.Watch watch) throws IOException {
        LocalStore store = new LocalStore(temporary.resolve("store"), new Disk(watch));
        return store.checkpoints();
    }

    private static Disk.Watch any() {
        return (action, path) -> {};
    }

    private List<String> committed() throws IOException {
        try (Stream<Path> found = Files.list(temporary.resolve("store/checkpoints/run-1%2ftrain"))) {
            return found.map(path -> path.getFileName().toString()).toList();
        }
    }

    private Trainer trainer(Method method, Optional<Path> checkpoint) {
        LearningRate rate = new LearningRate(LearningRate.Shape.CONSTANT, 1e-2, 0);
        TrainingPlan plan = new TrainingPlan(
                method, ComputePrecision.FLOAT32, 7, 2, 1, TinyPipeline.STEPS, AdamW.DEFAULT, rate, 1, Set.of(), 64);
        return Trainer.open(plan, TinyPipeline.baseModel(), rows, checkpoint);
    }

    private static void finish(Trainer trainer, Path saved) throws IOException {
        while (!trainer.finished()) {
            trainer.step();
        }
        trainer.save(saved);
    }

    private static Map<String, String> files(Path folder) throws IOException {
        Map<String, String> contents = new TreeMap<>();
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                if (!file.endsWith("manifest.json")) {
                    contents.put(file.getFileName().toString(), HexFormat.of().formatHex(Files.readAllBytes(file)));
                }
            }
        }
        return contents;
    }

    private static void await(CountDownLatch latch) {
        try {
            if (!latch.await(2, TimeUnit.MINUTES)) {
                throw new IllegalStateException("nobody let the disk go on");
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
