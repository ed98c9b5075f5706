package dev.septet.activities.setup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.septet.activities.attempt.Shutdown;
import dev.septet.activities.attempt.TinyPipeline;
import dev.septet.activities.files.ActivitySettings;
import dev.septet.activities.result.StageKey;
import dev.septet.activities.result.StageKeyText;
import dev.septet.activities.result.StageResults;
import dev.septet.activities.result.WorkerFingerprint;
import dev.septet.activities.store.Fence;
import dev.septet.activities.store.LocalStore;
import dev.septet.activities.train.JarBackEndTest;
import dev.septet.dsl.Golden;
import dev.septet.dsl.pipeline.Precision;
import dev.septet.dsl.pipeline.ResourcesSpec;
import dev.septet.dsl.pipeline.backend.CommandTrainerSpec;
import dev.septet.dsl.pipeline.backend.SlurmSpec;
import dev.septet.dsl.pipeline.evaluate.EvaluateSpec;
import dev.septet.dsl.pipeline.evaluate.ForgettingSpec;
import dev.septet.dsl.pipeline.evaluate.MetricSpec;
import dev.septet.dsl.pipeline.train.DpoSpec;
import dev.septet.dsl.pipeline.train.PartialSpec;
import dev.septet.dsl.pipeline.train.PreserveSpec;
import dev.septet.dsl.pipeline.train.SearchSpec;
import dev.septet.dsl.pipeline.train.SetupSpec;
import dev.septet.dsl.pipeline.train.TrainSpec;
import dev.septet.workflows.Stage;
import dev.septet.workflows.artifact.DatasetRef;
import dev.septet.workflows.artifact.ModelRef;
import dev.septet.workflows.setup.PreflightReport;
import dev.septet.workflows.setup.SetupActivities;
import dev.septet.workflows.setup.SetupRequest;
import dev.septet.workflows.setup.TrialRequest;
import dev.septet.workflows.setup.TrialResult;
import io.temporal.testing.TestActivityEnvironment;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SetupActivitiesTest {
    @TempDir
    Path temp;

    private final TestActivityEnvironment environment = TestActivityEnvironment.newInstance();
    private LocalStore store;

    @BeforeEach
    void open() {
        store = new LocalStore(temp.resolve("store"));
        environment.registerActivitiesImplementations(new SetupActivitiesImpl(
                new ActivitySettings(store.root(), List.of(), List.of()), store, store.checkpoints(), new Shutdown()));
    }

    @AfterEach
    void close() {
        environment.close();
    }

    @Test
    void takesEveryLaterStagesFirstStep() throws IOException {
        PreflightReport report = activities().preflight(request("run-1", setup(0, null), 1));

        assertThat(report.secondsPerStep()).isGreaterThan(0).isLessThan(60);
        assertThat(report.peakMemoryBytes()).isGreaterThan(50L << 20);
        assertThat(report.worker().fingerprint())
                .isEqualTo(WorkerFingerprint.current())
                .hasSize(64);
        assertThat(report.worker().device()).isEqualTo("cpu");
        assertThat(report.worker().threads()).isPositive();
        assertThat(report.worker().diskBytes()).isPositive();
        PreflightReport again = activities().preflight(request("run-2", setup(0, null), 1));
        assertThat(again.secondsPerStep()).isEqualTo(report.secondsPerStep());
        assertThat(again.origin().reusedFrom()).isEqualTo("run-1");
    }

    @Test
    void refusesAForgettingSuiteThatCannotBeRead() throws IOException {
        Path suite = temp.resolve("general.jsonl");
        assertThatThrownBy(() -> activities().preflight(forgetting()))
                .hasStackTraceContaining("type='InvalidPipeline', nonRetryable=true")
                .hasStackTraceContaining("'general.jsonl': no such file or folder");
        Files.writeString(suite, "");
        assertThatThrownBy(() -> activities().preflight(forgetting())).hasStackTraceContaining("'general.jsonl' ");
        String good = "{\"prompt\":\"hello\",\"completion\":\"good day\"}\n";
        Files.writeString(suite, good + "{\"prompt\":\"hello\"}\n");
        assertThatThrownBy(() -> activities().preflight(forgetting()))
                .hasStackTraceContaining("type='PoisonData', nonRetryable=true")
                .hasStackTraceContaining("forgetting suite: general.jsonl:2")
                .hasStackTraceContaining("correct or remove the row");
        Files.writeString(suite, good + good.replace("good day", "a ".repeat(9000)));
        assertThatThrownBy(() -> activities().preflight(forgetting()))
                .hasStackTraceContaining("forgetting suite: general.jsonl:2: ")
                .hasStackTraceContaining("more than maxTokens");
        Files.writeString(suite, good);
        assertThat(activities().preflight(forgetting()).secondsPerStep()).isPositive();
    }

    @Test
    void refusesMetricsOfAnswersOnPlainText() throws IOException {
        SetupRequest rows = request("run-1", setup(0, null), 1);
        Path text = temp.resolve("text");
        Files.createDirectories(text);
        try (Stream<Path> files = Files.list(store.fetch(rows.dataset().artifact()))) {
            for (Path file : files.toList()) {
                Files.copy(file, text.resolve(file.getFileName()));
            }
        }
        Files.writeString(text.resolve("test.jsonl"), "{\"source\":\"data.jsonl:1\",\"text\":\"once upon a time\"}\n");
        DatasetRef plain = new DatasetRef(
                store.put(text, new Fence("text", 1)),
                24,
                6,
                6,
                100,
                16,
                0,
                0,
                0,
                rows.dataset().origin());
        assertThatThrownBy(() -> activities().preflight(evaluating(rows, plain, metric("exactMatch"))))
                .hasStackTraceContaining("type='InvalidPipeline', nonRetryable=true")
                .hasStackTraceContaining("data.jsonl:1: is plain text, but exactMatch compares written answers");
        assertThatThrownBy(() -> activities().preflight(evaluating(rows, rows.dataset(), metric("preferenceAccuracy"))))
                .hasStackTraceContaining("has one answer, but preferenceAccuracy compares");
        assertThat(activities()
                        .preflight(evaluating(rows, plain, metric("loss")))
                        .secondsPerStep())
                .isPositive();
    }

    private SetupRequest forgetting() throws IOException {
        SetupRequest rows = request("run-1", setup(0, null), 1);
        return evaluating(rows, rows.dataset(), evaluate("loss", new ForgettingSpec("general.jsonl", 0.1)));
    }

    private static EvaluateSpec metric(String name) {
        return evaluate(name, null);
    }

    private static EvaluateSpec evaluate(String metric, @org.jspecify.annotations.Nullable ForgettingSpec forgetting) {
        return new EvaluateSpec(
                List.of(new MetricSpec(metric, null, null)),
                List.of(),
                null,
                null,
                forgetting,
                0,
                8,
                0,
                EvaluateSpec.DEFAULT_POLICY);
    }

    private static SetupRequest evaluating(SetupRequest plain, DatasetRef dataset, EvaluateSpec evaluate) {
        return new SetupRequest(
                plain.run(), plain.spec(), plain.initialize(), plain.train(), evaluate, dataset, plain.model());
    }

    /** Copies of what is held take memory, and holding them takes time. */
    @Test
    void measuresAnewWhenWhatIsPreservedChanges() throws IOException {
        SetupRequest plain = request("run-1", setup(0, null), 1);
        SetupRequest held = preserving("run-2", new PreserveSpec(null, null, 0.1, null, null, 3));
        assertThat(SetupActivitiesImpl.key(held))
                .isNotEqualTo(SetupActivitiesImpl.key(plain))
                .isNotEqualTo(
                        SetupActivitiesImpl.key(preserving("run-3", new PreserveSpec(null, null, 0.2, null, null, 3))));
        activities().preflight(plain);
        assertThat(activities().preflight(held).origin().reusedFrom()).isNull();
    }

    @Test
    void rehearsesPairs() throws IOException {
        SetupRequest rows = request("run-1", setup(0, null), 1);
        SetupRequest pairs = new SetupRequest(
                rows.run(),
                rows.spec(),
                rows.initialize(),
                TinyPipeline.train(TinyPipeline.LORA, new DpoSpec(0.1)),
                rows.evaluate(),
                new TinyPipeline(store, "run-2", temp).pairs(),
                rows.model());
        assertThat(activities().preflight(pairs).secondsPerStep()).isPositive();
    }

    @Test
    void rehearsesFrozenLayersThatComputeOnce() throws IOException {
        SetupRequest once = partial("run-1", false);
        SetupRequest always = partial("run-2", true);
        assertThat(activities().preflight(once).secondsPerStep()).isPositive();
        assertThat(activities().preflight(always).origin().reusedFrom()).isNull();
    }

    private SetupRequest partial(String run, boolean frozenInEveryStep) throws IOException {
        SetupRequest rows = request(run, setup(0, null), 1);
        return new SetupRequest(
                rows.run(),
                rows.spec(),
                rows.initialize(),
                TinyPipeline.train(new PartialSpec(1, frozenInEveryStep)),
                rows.evaluate(),
                rows.dataset(),
                rows.model());
    }

    @Test
    void saysWhatAWorkerLacks() throws IOException {
        SetupRequest greedy = request("run-1", setup(3, null), 1);
        assertThatThrownBy(() -> activities().preflight(greedy))
                .hasStackTraceContaining("setup: resources gpus: the file requires 3, but worker")
                .hasStackTraceContaining("type='InvalidPipeline'");
        SetupRequest huge = request("run-1", setup(0, null), 1L << 60);
        assertThatThrownBy(() -> activities().preflight(huge))
                .hasStackTraceContaining("the run needs about 1073741824.0 GiB of memory");
        SetupSpec tight = new SetupSpec(
                new ResourcesSpec(0, 1L << 30, null), Precision.FLOAT32, 7, null, SetupSpec.DEFAULT_POLICY);
        assertThatThrownBy(() -> activities().preflight(request("run-1", tight, 3L << 29)))
                .hasStackTraceContaining("resources memory: training needs about 1.5 GiB on worker")
                .hasStackTraceContaining("the file allows 1.0 GiB");
    }

    /** The worker that read the base model may have had another processor. */
    @Test
    void asksForWhatBf16TakesOnThisWorker() throws IOException {
        SetupSpec plain = setup(0, null);
        SetupSpec bf16 = new SetupSpec(plain.resources(), Precision.BF16, 7, null, SetupSpec.DEFAULT_POLICY);
        assertThat(activities().preflight(request("run-1", bf16, 1L << 60)).secondsPerStep())
                .isPositive();
    }

    @Test
    void triesPointsOfAGrid() throws IOException {
        SearchSpec search = new SearchSpec(List.of(1e-9, 1e-2, 0.9), List.of(2, 4), 0, 6);
        SetupRequest request = request("run-1", setup(0, search), 1);
        TrialResult idle = activities().trial(new TrialRequest(request, 0, 1e-9, 2));
        TrialResult good = activities().trial(new TrialRequest(request, 1, 1e-2, 4));
        TrialResult wild = activities().trial(new TrialRequest(request, 2, 1e38, 2));

        assertThat(good.validationLoss()).isFinite().isNotEqualTo(idle.validationLoss());
        assertThat(good.learningRate()).isEqualTo(1e-2);
        assertThat(good.rank()).isEqualTo(4);
        assertThat(wild.validationLoss()).isNaN();
        assertThat(temp.resolve("store/checkpoints")).isEmptyDirectory();
        TrialResult again = activities().trial(new TrialRequest(request("run-2", setup(0, search), 1), 7, 1e-2, 4));
        assertThat(again.number()).isEqualTo(7);
        assertThat(again.validationLoss()).isEqualTo(good.validationLoss());
        assertThat(again.origin().reusedFrom()).isEqualTo("run-1");
        assertKey("trial", request, good);
    }

    /** The engine must be able to train the trials, although another program trains the winner. */
    @Test
    void rehearsesTheTrialsOfASearchForATrainingElsewhere(@TempDir Path runs) throws IOException {
        TrainSpec elsewhere = TinyPipeline.by(
                new SlurmSpec(new CommandTrainerSpec("trl", Map.of()), null, null, 1, 0, null, null, null));
        SearchSpec search = new SearchSpec(List.of(1e-3, 1e-2), List.of(), 0, 2);
        TestActivityEnvironment outside = TestActivityEnvironment.newInstance();
        try {
            outside.registerActivitiesImplementations(new SetupActivitiesImpl(
                    new ActivitySettings(store.root(), List.of(), List.of()),
                    store,
                    store.checkpoints(),
                    new Shutdown(),
                    used -> new JarBackEndTest.Rounds(runs)));
            SetupActivities setup = outside.newActivityStub(SetupActivities.class);

            assertThat(setup.preflight(request("run-1", setup(0, null), elsewhere, 1))
                            .secondsPerStep())
                    .isZero();
            assertThat(setup.preflight(request("run-1", setup(0, search), elsewhere, 1))
                            .secondsPerStep())
                    .isPositive();
            assertThatThrownBy(() -> setup.preflight(request("run-1", setup(0, search), elsewhere, 1L << 60)))
                    .hasStackTraceContaining("the run needs about 1073741824.0 GiB of memory");
            assertThat(setup.trial(new TrialRequest(request("run-1", setup(0, search), elsewhere, 1), 0, 1e-2, 4))
                            .validationLoss())
                    .isFinite();
        } finally {
            outside.close();
        }
    }

    /** Trials are shorter than two epochs, the training is not: what it will need they may use. */
    @Test
    void trialsShareTheFrozenLayersOfTheTraining() throws IOException {
        SearchSpec search = new SearchSpec(List.of(1e-3, 1e-2), List.of(), 0, 4);
        TrainSpec partial = TinyPipeline.train(new PartialSpec(1, false));
        SetupRequest request = request("run-1", setup(0, search), partial, 1);
        TrialResult first = activities().trial(new TrialRequest(request, 0, 1e-3, 0));
        TrialResult second = activities().trial(new TrialRequest(request, 1, 1e-2, 0));
        assertThat(first.validationLoss()).isFinite().isNotEqualTo(second.validationLoss());
        try (Stream<Path> files = Files.walk(store.root())) {
            assertThat(files.filter(file -> file.endsWith("hidden.safetensors")))
                    .hasSize(1);
        }
        assertKey("trial-frozen-layers", request, second);
    }

    private void assertKey(String golden, SetupRequest request, TrialResult result) throws IOException {
        StageKey key =
                new StageResults(store).key(Stage.SETUP, result.origin().key()).orElseThrow();
        Map<String, String> names = Map.of(
                WorkerFingerprint.current(), "this worker",
                request.dataset().artifact().sha256(), "the dataset",
                request.model().artifact().sha256(), "the model");
        Golden.check(Path.of("src/test/resources/keys/%s.txt".formatted(golden)), StageKeyText.of(key, names));
    }

    private SetupActivities activities() {
        return environment.newActivityStub(SetupActivities.class);
    }

    private static SetupSpec setup(int gpus, @org.jspecify.annotations.Nullable SearchSpec search) {
        return new SetupSpec(
                new ResourcesSpec(gpus, null, null), Precision.FLOAT32, 7, search, SetupSpec.DEFAULT_POLICY);
    }

    private SetupRequest preserving(String run, PreserveSpec preserve) throws IOException {
        return request(
                run, setup(0, null), TinyPipeline.preserving(TinyPipeline.train(TinyPipeline.LORA), preserve), 1);
    }

    private SetupRequest request(String run, SetupSpec setup, long memory) throws IOException {
        return request(run, setup, TinyPipeline.train(TinyPipeline.LORA), memory);
    }

    private SetupRequest request(String run, SetupSpec setup, TrainSpec train, long memory) throws IOException {
        TinyPipeline tiny = new TinyPipeline(store, run, temp);
        DatasetRef dataset = tiny.dataset();
        ModelRef model = tiny.model();
        ModelRef sized = new ModelRef(
                model.artifact(),
                model.architecture(),
                model.parameters(),
                model.layers(),
                model.licence(),
                model.trainable(),
                memory,
                model.origin());
        return new SetupRequest(
                tiny.run(), setup, TinyPipeline.initialize(), train, EvaluateSpec.DEFAULT, dataset, sized);
    }
}
