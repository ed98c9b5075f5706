package dev.septet.activities.candidate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.septet.activities.attempt.Shutdown;
import dev.septet.activities.attempt.TinyPipeline;
import dev.septet.activities.basemodel.BaseModelFiles;
import dev.septet.activities.dataset.PreparedRows;
import dev.septet.activities.dataset.Row;
import dev.septet.activities.evaluate.subject.EngineSubjects;
import dev.septet.activities.files.ActivitySettings;
import dev.septet.activities.files.PipelineFiles;
import dev.septet.activities.prepare.ModelRowEncoder;
import dev.septet.activities.store.Disk;
import dev.septet.activities.store.Fence;
import dev.septet.activities.store.LocalStore;
import dev.septet.activities.train.TrainActivitiesImpl;
import dev.septet.dsl.pipeline.InitializeSpec;
import dev.septet.dsl.pipeline.evaluate.EvaluateSpec;
import dev.septet.dsl.pipeline.prepare.PrepareSpec;
import dev.septet.dsl.pipeline.search.CandidateTrainingSpec;
import dev.septet.dsl.pipeline.train.FullSpec;
import dev.septet.dsl.pipeline.train.SetupSpec;
import dev.septet.dsl.pipeline.train.StopSpec;
import dev.septet.dsl.pipeline.train.TrainSpec;
import dev.septet.llm.train.data.TokenDataset;
import dev.septet.workflows.artifact.CheckpointRef;
import dev.septet.workflows.artifact.DatasetRef;
import dev.septet.workflows.artifact.ModelChoice;
import dev.septet.workflows.artifact.ModelChoice.Examined;
import dev.septet.workflows.artifact.ModelRef;
import dev.septet.workflows.candidate.CandidateActivities;
import dev.septet.workflows.candidate.CandidateEnd;
import dev.septet.workflows.candidate.CandidateRequest;
import dev.septet.workflows.candidate.CandidateTrained;
import dev.septet.workflows.candidate.CandidateTrainingRequest;
import dev.septet.workflows.train.TrainActivities;
import dev.septet.workflows.train.TrainRequest;
import io.temporal.activity.ActivityOptions;
import io.temporal.common.RetryOptions;
import io.temporal.testing.TestActivityEnvironment;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Real tiny models. One has weights of 0: all tokens are equally likely for it, and no gradient ever changes that. The other one is
 * sure of wrong tokens before training, and learns.
 */
@Tag("long")
class ShortTrainingTest {
    private static final List<String> NAMES = List.of("still", "learner", "broken");
    private static final int STEPS = 8;
    private static final TrainSpec FULL = TinyPipeline.train(new FullSpec());

    @TempDir
    Path temp;

    private LocalStore store;

    @BeforeEach
    void open() throws IOException {
        copy("still", weight -> 0);
        copy("learner", weight -> 3 * weight);
        copy("broken", weight -> Double.NaN);
        store = new LocalStore(temp.resolve("store"));
    }

    @Test
    void trainingChangesTheOrder() throws IOException {
        Examined still = examined(0);
        Examined learner = examined(1);
        List<Examined> before = List.of(still, learner);
        assertThat(ModelChoice.of(before).map(ModelChoice::chosen)).hasValue("still");

        List<Examined> after = List.of(
                trained(0, still, FULL).candidate(), trained(1, learner, FULL).candidate());

        assertThat(after.get(0).trainedBitsPerByte()).isEqualTo(still.bitsPerByte());
        assertThat(after.get(1).bitsPerByte()).isEqualTo(learner.bitsPerByte());
        assertThat(after.get(1).trainedBitsPerByte()).isLessThan(0.5 * Objects.requireNonNull(still.bitsPerByte()));
        assertThat(ModelChoice.trained(after, STEPS).map(ModelChoice::chosen)).hasValue("learner");
        assertThat(trained(1, learner, FULL).candidate())
                .as("another attempt finds the stored value")
                .isEqualTo(after.get(1));
    }

    /** At no cost in determinism: the run's training ends in the bytes of one that no choice came before. */
    @Test
    void theRunsTrainingContinuesFromIt() throws IOException {
        CandidateTrained trained = trained(1, examined(1), FULL);
        CheckpointRef continued = train(whole(1, FULL));
        assertThat(store.record("attempts/run-1/train/0").orElseThrow()).contains("\"fromStep\":" + STEPS);
        assertThat(trained.training()).isNotNull();
        assertThat(temp.resolve("store/checkpoints")).isEmptyDirectory();

        store = new LocalStore(temp.resolve("other"));
        CheckpointRef undisturbed = train(whole(1, FULL));
        assertThat(store.record("attempts/run-1/train/0").orElseThrow()).contains("\"fromStep\":0");
        assertThat(continued.artifact()).isEqualTo(undisturbed.artifact());
        assertThat(continued.ledger()).isEqualTo(undisturbed.ledger());
    }

    /** The training of the model that never learns stops itself after two validations, in the middle of the short training. */
    @Test
    void endsWhereTheWholeTrainingEndsByItself() throws IOException {
        TrainSpec patient = TinyPipeline.train(new FullSpec(), new StopSpec(1), TrainSpec.OnNonFinite.ROLL_BACK, 1e-2);
        trained(0, examined(0), patient, TinyPipeline.STEPS);
        assertThat(store.checkpoints()
                        .newestValid("run-1/candidate-0")
                        .checkpoint()
                        .orElseThrow()
                        .step())
                .isEqualTo(8);
        CheckpointRef continued = train(whole(0, patient));
        assertThat(continued.stopReason()).startsWith("stopped early");

        store = new LocalStore(temp.resolve("other"));
        CheckpointRef undisturbed = train(whole(0, patient));
        assertThat(continued.artifact()).isEqualTo(undisturbed.artifact());
        assertThat(continued.ledger()).isEqualTo(undisturbed.ledger());
    }

    @Test
    void continuesAfterAWorkerEndedInTheMiddle() throws IOException {
        CandidateTrainingRequest request = request(1, examined(1), FULL, STEPS);
        Shutdown shutdown = new Shutdown();
        LocalStore whole = store;
        // Told while the checkpoint of step 4 is written; checkpoints are every two.
        store = new LocalStore(whole.root(), new Disk((action, path) -> {
            if (action.equals("move") && path.endsWith("4")) {
                shutdown.request();
            }
        }));
        assertThatThrownBy(() -> call(shutdown, activities -> activities.train(request)))
                .hasStackTraceContaining("the next attempt continues from step ");
        store = whole;
        CandidateTrained continued = call(new Shutdown(), activities -> activities.train(request));
        List<String> attempts = store.records("attempts/run-1/candidate-1/");
        assertThat(store.record(attempts.get(attempts.size() - 1)).orElseThrow())
                .contains("\"fromStep\":")
                .doesNotContain("\"fromStep\":0");
        Map<String, String> files = checkpoint(STEPS);

        store = new LocalStore(temp.resolve("other"));
        assertThat(trained(1, examined(1), FULL)).isEqualTo(continued);
        assertThat(checkpoint(STEPS)).isEqualTo(files);
    }

    @Test
    void removesTheCheckpointsThatNoTrainingContinues() throws IOException {
        Examined learner = examined(1);
        CandidateTrained trained = trained(1, learner, FULL);
        String record = "unfinished/train/" + trained.training();
        assertThat(store.record(record)).hasValue("run-1/candidate-1");

        CandidateEnd end = new CandidateEnd(
                exam(1, learner),
                List.of(new CandidateEnd.Unused(1, trained.training()), new CandidateEnd.Unused(0, null)));
        call(new Shutdown(), activities -> {
            activities.end(end);
            return true;
        });

        assertThat(store.record(record)).hasValue("");
        assertThat(temp.resolve("store/checkpoints")).isEmptyDirectory();
        assertThat(trained(1, learner, FULL).training())
                .as("the value is stored, and there is nothing to continue from")
                .isNull();
    }

    /** The workflow leaves out a candidate for this type of failure. */
    @Test
    void aTrainingThatDivergesIsTheCandidatesOwnFailure() throws IOException {
        Examined broken = examined(2).with(1);
        assertThatThrownBy(() -> trained(2, broken, FULL))
                .hasStackTraceContaining("InvalidPipeline")
                .hasStackTraceContaining("train: ");
    }

    /** Other long rows are dropped by its tokenizer, so a row of the exam may be one that it learns. */
    @Test
    void aCandidateWithOtherValidationRowsIsNotExamined() throws IOException {
        Examined screened = examined(0);
        TrainRequest whole = whole(0, FULL);
        Path other = Files.writeString(temp.resolve("validation.jsonl"), "{\"text\": \"another row\"}\n");
        Map<String, Path> files = new HashMap<>();
        try (Stream<Path> list = Files.list(store.fetch(whole.dataset().artifact()))) {
            list.filter(file -> !file.getFileName().toString().equals("manifest.json"))
                    .forEach(file -> files.put(file.getFileName().toString(), file));
        }
        files.put("validation.jsonl", other);
        DatasetRef rows = whole.dataset();
        TrainRequest changed = new TrainRequest(
                whole.run(),
                whole.spec(),
                whole.initialize(),
                whole.setup(),
                new DatasetRef(
                        store.put(files, new Fence("run-1/rows", 2)),
                        rows.trainRows(),
                        rows.validationRows(),
                        rows.testRows(),
                        rows.trainTokens(),
                        rows.longestRow(),
                        0,
                        0,
                        0,
                        rows.origin()),
                whole.model(),
                whole.learningRate(),
                whole.rank());
        CandidateTrainingRequest request = new CandidateTrainingRequest(exam(0, screened), changed, STEPS);
        assertThatThrownBy(() -> call(new Shutdown(), activities -> activities.train(request)))
                .hasStackTraceContaining("InvalidPipeline")
                .hasStackTraceContaining("raise `maxTokens`");
    }

    private CandidateTrained trained(int number, Examined screened, TrainSpec spec) throws IOException {
        return trained(number, screened, spec, STEPS);
    }

    private CandidateTrained trained(int number, Examined screened, TrainSpec spec, int steps) throws IOException {
        CandidateTrainingRequest request = request(number, screened, spec, steps);
        return call(new Shutdown(), activities -> activities.train(request));
    }

    private Examined examined(int number) throws IOException {
        CandidateRequest request = request(number);
        Examined screened = call(new Shutdown(), activities -> activities.screen(request));
        CandidateRequest exam = exam(number, screened);
        return call(new Shutdown(), activities -> activities.examine(exam));
    }

    /** Work of a worker. */
    @FunctionalInterface
    private interface Call<R> {
        R of(CandidateActivities activities);
    }

    private <R> R call(Shutdown shutdown, Call<R> call) {
        PipelineFiles files = new PipelineFiles(new ActivitySettings(store.root(), List.of(), List.of()));
        BaseModelFiles models = BaseModelFiles.of(
                files, Map.of("HF_HUB_CACHE", temp.resolve("hub").toString()));
        TestActivityEnvironment worker = TestActivityEnvironment.newInstance();
        try {
            worker.registerActivitiesImplementations(
                    new CandidateActivitiesImpl(store, models, new EngineSubjects(), store.checkpoints(), shutdown));
            ActivityOptions once = ActivityOptions.newBuilder()
                    .setStartToCloseTimeout(Duration.ofMinutes(5))
                    .setRetryOptions(
                            RetryOptions.newBuilder().setMaximumAttempts(1).build())
                    .build();
            return call.of(worker.newActivityStub(CandidateActivities.class, once));
        } finally {
            worker.close();
        }
    }

    private CheckpointRef train(TrainRequest request) {
        TestActivityEnvironment worker = TestActivityEnvironment.newInstance();
        try {
            worker.registerActivitiesImplementations(
                    new TrainActivitiesImpl(store, store.checkpoints(), new Shutdown()));
            return Objects.requireNonNull(worker.newActivityStub(TrainActivities.class)
                    .train(request, 0)
                    .checkpoint());
        } finally {
            worker.close();
        }
    }

    private CandidateTrainingRequest request(int number, Examined screened, TrainSpec spec, int steps)
            throws IOException {
        return new CandidateTrainingRequest(exam(number, screened), whole(number, spec), steps);
    }

    /** The run's own training with a candidate. */
    private TrainRequest whole(int number, TrainSpec spec) throws IOException {
        TinyPipeline tiny = tiny();
        ModelRef plain = tiny.model();
        ModelRef model = new ModelRef(
                store.put(folder(NAMES.get(number)), new Fence("run-1/model", 1)),
                plain.architecture(),
                plain.parameters(),
                plain.layers(),
                plain.licence(),
                plain.trainable(),
                plain.memoryBytes(),
                plain.origin());
        return new TrainRequest(
                tiny.run(),
                spec,
                initialize(number),
                SetupSpec.DEFAULT,
                dataset(),
                model,
                spec.learningRate().peak(),
                0);
    }

    private CandidateRequest request(int number) {
        return new CandidateRequest(
                tiny().run(),
                number,
                initialize(number),
                prepare(),
                SetupSpec.DEFAULT,
                FULL,
                EvaluateSpec.DEFAULT,
                false,
                null,
                null);
    }

    private CandidateRequest exam(int number, Examined screened) throws IOException {
        CandidateRequest plain = request(number);
        return new CandidateRequest(
                plain.run(),
                number,
                plain.initialize(),
                plain.prepare(),
                plain.setup(),
                plain.train(),
                plain.evaluate(),
                false,
                screened,
                dataset());
    }

    private static InitializeSpec initialize(int number) {
        return new InitializeSpec(
                NAMES.get(number),
                null,
                null,
                null,
                null,
                NAMES,
                new CandidateTrainingSpec(STEPS, 2),
                InitializeSpec.DEFAULT_POLICY);
    }

    private static PrepareSpec prepare() {
        return CandidateActivitiesTest.prepare();
    }

    private TinyPipeline tiny() {
        return new TinyPipeline(store, "run-1", temp.resolve("pipeline"));
    }

    /** A dozen times the same question, with its text and its tokens. */
    private DatasetRef dataset() throws IOException {
        TinyPipeline tiny = tiny();
        Path plain = store.fetch(tiny.dataset().artifact());
        TokenDataset.Row row;
        try (ModelRowEncoder encoder = new ModelRowEncoder(TinyPipeline.baseModel(), 64)) {
            List<Row> texts = PreparedRows.read(plain.resolve("test.jsonl"), 1);
            row = encoder.encode(texts.get(0));
        }
        DatasetRef tokens = tiny.dataset(Collections.nCopies(24, row), Collections.nCopies(2, row));
        Path files = store.fetch(tokens.artifact());
        Map<String, Path> all = new HashMap<>();
        try (Stream<Path> list = Files.list(files)) {
            list.filter(file -> !file.getFileName().toString().equals("manifest.json"))
                    .forEach(file -> all.put(file.getFileName().toString(), file));
        }
        all.put("validation.jsonl", files.resolve("test.jsonl"));
        return new DatasetRef(
                store.put(all, new Fence("run-1/rows", 1)),
                tokens.trainRows(),
                tokens.validationRows(),
                tokens.testRows(),
                tokens.trainTokens(),
                row.tokens().length,
                0,
                0,
                0,
                tokens.origin());
    }

    /** Contents of a checkpoint's files by name. */
    private Map<String, String> checkpoint(int step) throws IOException {
        Path folder =
                store.checkpoints().at("run-1/candidate-1", step).orElseThrow().folder();
        Map<String, String> contents = new HashMap<>();
        List<Path> files = new ArrayList<>();
        try (Stream<Path> list = Files.list(folder)) {
            list.forEach(files::add);
        }
        for (Path file : files) {
            contents.put(file.getFileName().toString(), java.util.HexFormat.of().formatHex(Files.readAllBytes(file)));
        }
        return contents;
    }

    private Path folder(String name) {
        return temp.resolve("pipeline").resolve(name);
    }

    /** A copy of the tiny model with changed weights, which are float32 after a header of JSON. */
    private void copy(String name, DoubleUnaryOperator change) throws IOException {
        Path folder = Files.createDirectories(folder(name));
        try (Stream<Path> files = Files.list(TinyPipeline.baseModel())) {
            for (Path file : files.toList()) {
                Files.copy(file, folder.resolve(file.getFileName().toString()));
            }
        }
        Path weights = folder.resolve("model.safetensors");
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(weights)).order(ByteOrder.LITTLE_ENDIAN);
        int from = Math.toIntExact(8 + bytes.getLong(0));
        for (int at = from; at < bytes.capacity(); at += Float.BYTES) {
            bytes.putFloat(at, (float) change.applyAsDouble(bytes.getFloat(at)));
        }
        Files.write(weights, bytes.array());
    }
}
