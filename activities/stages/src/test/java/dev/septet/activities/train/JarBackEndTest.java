package dev.septet.activities.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.septet.activities.attempt.Attempt;
import dev.septet.activities.attempt.Shutdown;
import dev.septet.activities.attempt.StageProblem;
import dev.septet.activities.attempt.TinyPipeline;
import dev.septet.activities.store.Fence;
import dev.septet.activities.store.LocalStore;
import dev.septet.activities.train.command.OutsideTrainers;
import dev.septet.dsl.extension.ExtensionJars;
import dev.septet.dsl.extension.ExtensionWord;
import dev.septet.dsl.extension.WordOption;
import dev.septet.dsl.pipeline.ExtensionSpec;
import dev.septet.dsl.pipeline.train.FullSpec;
import dev.septet.dsl.pipeline.train.LoraSpec;
import dev.septet.dsl.pipeline.train.TrainSpec;
import dev.septet.workflows.Progress;
import dev.septet.workflows.train.TrainActivities;
import dev.septet.workflows.train.TrainOutcome;
import dev.septet.workflows.train.TrainRequest;
import io.temporal.client.ActivityCanceledException;
import io.temporal.testing.TestActivityEnvironment;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A word that a jar adds after {@code by}. */
@SuppressWarnings("try") // the class path has the jar while it is open
public class JarBackEndTest {
    @TempDir
    private Path temp = Path.of("");

    private LocalStore store = new LocalStore(temp);

    /** Waits in the first round, and hands back an adapter in the second one. */
    public static final class Elsewhere implements BackEndExtension {
        @Override
        public ExtensionWord word() {
            return ExtensionWord.backEnd(
                    "elsewhere", "Trains elsewhere.", WordOption.text("folder", "Where it remembers.", null));
        }

        @Override
        public BackEnd backEnd(ExtensionSpec used) {
            return new Rounds(Path.of(used.text("folder")));
        }
    }

    /** What the back end does. */
    public record Rounds(Path folder) implements BackEnd {
        @Override
        public String fingerprint() {
            return "two rounds";
        }

        @Override
        public void check(TrainSpec train) {
            if (!(train.method() instanceof LoraSpec)) {
                throw StageProblem.invalid("elsewhere trains LoRA only");
            }
        }

        @Override
        public WorkerResources resources() {
            return WorkerResources.NONE;
        }

        @Override
        @SuppressWarnings("NullAway") // a jar may be compiled without it
        public Result train(TrainRequest request, TrainingContext context, Path export) throws IOException {
            if (Files.exists(folder.resolve("cancelled"))) {
                throw new ActivityCanceledException();
            }
            if (Files.exists(folder.resolve("gone"))) {
                throw new NoSuchFileException("data/rows.jsonl");
            }
            if (Files.exists(folder.resolve("nothing"))) {
                return null;
            }
            if (Files.exists(folder.resolve("crash"))) {
                throw new IllegalStateException("row: private");
            }
            if (Files.notExists(folder.resolve("begun"))) {
                Files.createFile(folder.resolve("begun"));
                return Result.waiting(
                        0, Duration.ofSeconds(7), Progress.of("elsewhere", 0, 2, "steps"), new TrainingLedger());
            }
            for (String file : new String[] {"adapter_config.json", "adapter_model.safetensors"}) {
                Files.copy(TinyPipeline.baseModel().resolveSibling("lora").resolve(file), export.resolve(file));
            }
            TrainingLedger ledger = new TrainingLedger();
            ledger.add(LedgerLine.outside(0, 0, "elsewhere", 2.5, null, null, 0));
            return Result.ended(1, TrainingEnd.of(ledger, 1, null, "all steps done"), ledger);
        }

        @Override
        public void end(TrainRequest request, TrainingContext context) throws IOException {
            Files.createFile(folder.resolve("ended"));
        }

        @Override
        public void clear(TrainRequest request, TrainingContext context) throws IOException {
            Files.createFile(folder.resolve("cleared"));
            if (Files.exists(folder.resolve("stays"))) {
                throw new IOException("the platform is away");
            }
        }
    }

    @BeforeEach
    void open() {
        store = new LocalStore(temp.resolve("store"));
    }

    /** No trainer is declared on this worker: whoever installs the jar allows it. */
    @Test
    void trainsInRoundsAndClearsAfterTheResult() throws IOException {
        try (var jars = jars()) {
            TrainOutcome first = attempt(0);
            assertThat(first.waiting()).isEqualTo(new TrainOutcome.Waiting(7, Progress.of("elsewhere", 0, 2, "steps")));
            TrainOutcome second = attempt(1);
            assertThat(Objects.requireNonNull(second.checkpoint()).finalLoss()).isEqualTo(2.5);
            assertThat(temp.resolve("cleared")).exists();
        }
    }

    @Test
    void aStoredResultOutlivesAFailedCleanup() throws IOException {
        Files.createFile(temp.resolve("stays"));
        Files.createFile(temp.resolve("begun"));
        try (var jars = jars()) {
            assertThat(attempt(0).checkpoint()).isNotNull();
            assertThat(temp.resolve("cleared")).exists();
        }
    }

    @Test
    void anErrorOfItsCodeNamesTheJarAndNotTheRow() throws IOException {
        Files.createFile(temp.resolve("crash"));
        try (var jars = jars()) {
            assertThatThrownBy(() -> attempt(0))
                    .hasStackTraceContaining(
                            "back end `elsewhere` of own-words 1.2 failed: java.lang.IllegalStateException")
                    .hasStackTraceContaining("type='BackendFailed'")
                    .satisfies(problem ->
                            assertThat(String.valueOf(problem.getCause())).doesNotContain("private"));
        }
    }

    /** As a mistake in the pipeline file, it would end the run. */
    @Test
    void aFileThatIsGoneLetsTheStageTryAgain() throws IOException {
        Files.createFile(temp.resolve("gone"));
        try (var jars = jars()) {
            assertThatThrownBy(() -> attempt(0))
                    .hasStackTraceContaining(
                            "back end `elsewhere` of own-words 1.2 failed: java.nio.file.NoSuchFileException at ")
                    .hasStackTraceContaining("type='BackendFailed'");
        }
    }

    @Test
    void aMissingResultNamesTheJar() throws IOException {
        Files.createFile(temp.resolve("nothing"));
        try (var jars = jars()) {
            assertThatThrownBy(() -> attempt(0))
                    .hasStackTraceContaining("back end `elsewhere` of own-words 1.2: its method train returned null");
        }
    }

    /** A cancellation is no failure of the jar. */
    @Test
    @SuppressWarnings("NullAway") // no heartbeat is sent
    void aCancellationPasses() throws IOException {
        Files.createFile(temp.resolve("cancelled"));
        try (var jars = jars()) {
            TinyPipeline tiny = new TinyPipeline(store, "run-1", temp);
            TrainRequest request =
                    tiny.trainRequest(TinyPipeline.by(new ExtensionSpec.ForBackEnd(used())), tiny.datasetWithTexts());
            Fence fence = new Fence("run-1/train", 1);
            TrainingContext context = new TrainingContext(
                    tiny.run(),
                    "train",
                    store,
                    store.checkpoints(),
                    new Attempt(fence, null),
                    new Shutdown(),
                    "",
                    TrainingSteering.none(fence));
            assertThatThrownBy(() -> JarBackEnd.of(used()).train(request, context, temp))
                    .isInstanceOf(ActivityCanceledException.class);
        }
    }

    @Test
    void itsFingerprintNamesTheJarAndItsProblemsStay() throws IOException {
        try (var jars = jars()) {
            BackEnd backEnd = new OutsideTrainers(null, temp).of(new ExtensionSpec.ForBackEnd(used()));
            assertThat(backEnd.fingerprint()).isEqualTo("elsewhere of own-words 1.2: two rounds");
            assertThatThrownBy(() -> backEnd.check(TinyPipeline.train(new FullSpec())))
                    .isInstanceOf(StageProblem.class)
                    .hasMessage("elsewhere trains LoRA only");
        }
        assertThatThrownBy(() -> new OutsideTrainers(null, temp).of(new ExtensionSpec.ForBackEnd(used())))
                .hasMessageContaining("`elsewhere` is a back end of the jar own-words 1.2");
    }

    private ExtensionJars jars() throws IOException {
        return new ExtensionJars(temp).with("own-words", "1.2", Elsewhere.class);
    }

    private ExtensionSpec used() {
        return new ExtensionSpec("elsewhere", Map.of("folder", temp.toString()), "own-words", "1.2");
    }

    private TrainOutcome attempt(int pauses) throws IOException {
        TinyPipeline tiny = new TinyPipeline(store, "run-1", temp);
        TrainRequest request =
                tiny.trainRequest(TinyPipeline.by(new ExtensionSpec.ForBackEnd(used())), tiny.datasetWithTexts());
        TestActivityEnvironment environment = TestActivityEnvironment.newInstance();
        try {
            environment.registerActivitiesImplementations(new TrainActivitiesImpl(
                    store, store.checkpoints(), new Shutdown(), new OutsideTrainers(null, temp.resolve("runs"))));
            return environment.newActivityStub(TrainActivities.class).train(request, pauses);
        } finally {
            environment.close();
        }
    }
}
