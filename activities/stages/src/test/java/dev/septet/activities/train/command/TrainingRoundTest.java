package dev.septet.activities.train.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.septet.activities.attempt.Attempt;
import dev.septet.activities.attempt.Heartbeats;
import dev.septet.activities.attempt.Shutdown;
import dev.septet.activities.attempt.StageProblem;
import dev.septet.activities.attempt.TinyPipeline;
import dev.septet.activities.store.Fence;
import dev.septet.activities.store.FencingToken;
import dev.septet.activities.store.LocalStore;
import dev.septet.activities.train.BackEnd;
import dev.septet.activities.train.TrainingContext;
import dev.septet.activities.train.TrainingSteering;
import dev.septet.activities.train.outside.OutsideTrainer;
import dev.septet.activities.train.outside.TrainerFolder;
import dev.septet.activities.train.outside.TrainerLauncher;
import dev.septet.dsl.pipeline.backend.CommandTrainerSpec;
import dev.septet.workflows.FailureType;
import dev.septet.workflows.train.TrainRequest;
import io.temporal.activity.ActivityExecutionContext;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An attempt that follows a trainer, without a process. */
class TrainingRoundTest {
    @TempDir
    private Path temp = Path.of("");

    private LocalStore store = new LocalStore(temp);

    /** A job that runs, or that failed and whose second end fails too. */
    private static final class Job implements TrainerLauncher {
        private final boolean runs;
        private int ends;

        Job(boolean runs) {
            this.runs = runs;
        }

        @Override
        public boolean held() {
            return runs;
        }

        @Override
        public Optional<Exit> exit() {
            return runs ? Optional.empty() : Optional.of(new Exit(3, "exited"));
        }

        @Override
        public void start() {
            throw new AssertionError("it ran already");
        }

        @Override
        public void end() {
            if (++ends > 1) {
                throw new StageProblem(FailureType.BACKEND_FAILED, "the cluster does not answer");
            }
        }

        @Override
        public Duration pause() {
            return Duration.ofSeconds(30);
        }

        @Override
        public Optional<Waiting> queued() {
            return Optional.empty();
        }
    }

    @BeforeEach
    void open() {
        store = new LocalStore(temp.resolve("store"));
    }

    @Test
    void aFailedEndDoesNotHideWhyTheTrainerFailed() {
        assertThatThrownBy(() -> round(0, new Job(false)))
                .hasMessageContaining("it ended with exit status 3")
                .satisfies(problem -> assertThat(problem.getSuppressed())
                        .singleElement()
                        .extracting(Throwable::getMessage)
                        .isEqualTo("the cluster does not answer"));
    }

    /** Each round is a part of the workflow's history, which the server limits. */
    @Test
    void roundsOfALongTrainingAreRare() throws IOException {
        assertThat(round(0, new Job(true)).waits()).isEqualTo(Duration.ofSeconds(30));
        assertThat(round(119, new Job(true)).waits()).isEqualTo(Duration.ofSeconds(30));
        assertThat(round(120, new Job(true)).waits()).isEqualTo(Duration.ofMinutes(5));
    }

    private BackEnd.Result round(int number, Job job) throws IOException {
        Path file = Files.writeString(
                temp.resolve("trainers.yaml"), "trainers: {fake: {command: [/bin/false], orphan: 15m}}\n");
        CommandTrainerSpec by = new CommandTrainerSpec("fake", Map.of());
        OutsideTrainer trainer = new OutsideTrainers(file, temp.resolve("runs")).declared(by);
        TinyPipeline tiny = new TinyPipeline(store, "run-1", temp);
        TrainRequest request = tiny.trainRequest(TinyPipeline.by(by), tiny.datasetWithTexts());
        TrainerFolder folder = new TrainerFolder(Files.createDirectories(temp.resolve("runs/run-1-train")));
        folder.write(folder.fingerprint(), trainer.fingerprint() + "\n");
        Fence fence = new Fence("run-1/train", new FencingToken(1, number * FencingToken.ATTEMPTS_OF_A_STEP + 1));
        store.open(fence);
        ActivityExecutionContext silent = (ActivityExecutionContext) Proxy.newProxyInstance(
                ActivityExecutionContext.class.getClassLoader(),
                new Class<?>[] {ActivityExecutionContext.class},
                (proxy, method, arguments) -> null);
        try (Heartbeats heartbeats = new Heartbeats(silent)) {
            TrainingContext context = new TrainingContext(
                    tiny.run(),
                    "train",
                    store,
                    store.checkpoints(),
                    new Attempt(fence, heartbeats),
                    new Shutdown(),
                    "",
                    TrainingSteering.none(fence));
            return new CommandTraining(trainer, request, Map.of(), context, folder, job, TrainerHost.here(Map.of()))
                    .run(Files.createDirectories(temp.resolve("export")));
        } finally {
            store.release(fence);
        }
    }
}
