package dev.septet.activities.candidate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.septet.activities.attempt.KeyMeasurements;
import dev.septet.activities.attempt.Shutdown;
import dev.septet.activities.attempt.TinyPipeline;
import dev.septet.activities.basemodel.BaseModelFiles;
import dev.septet.activities.evaluate.subject.EngineSubjects;
import dev.septet.activities.evaluate.subject.Subjects;
import dev.septet.activities.files.ActivitySettings;
import dev.septet.activities.files.PipelineFiles;
import dev.septet.activities.result.StageKey;
import dev.septet.activities.store.LocalStore;
import dev.septet.dsl.pipeline.InitializeSpec;
import dev.septet.dsl.pipeline.ResourcesSpec;
import dev.septet.dsl.pipeline.evaluate.EvaluateSpec;
import dev.septet.dsl.pipeline.evaluate.RequireSpec;
import dev.septet.dsl.pipeline.prepare.DatasetFormat;
import dev.septet.dsl.pipeline.prepare.PrepareSpec;
import dev.septet.dsl.pipeline.prepare.SplitSpec;
import dev.septet.dsl.pipeline.train.SetupSpec;
import dev.septet.workflows.artifact.DatasetRef;
import dev.septet.workflows.artifact.ModelChoice;
import dev.septet.workflows.artifact.ModelChoice.Examined;
import dev.septet.workflows.candidate.CandidateActivities;
import dev.septet.workflows.candidate.CandidateRequest;
import dev.septet.workflows.graph.KeyMeasurement;
import dev.septet.workflows.graph.StageGraph;
import dev.septet.workflows.initialize.InitializeRequest;
import dev.septet.workflows.train.TrainRequest;
import io.temporal.testing.TestActivityEnvironment;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real tiny models: a sound one, and copies of it with damaged weights. */
class CandidateActivitiesTest {
    private static final List<String> NAMES = List.of("loud", "sound", "broken", "gone");

    @TempDir
    Path temp;

    private final TestActivityEnvironment environment = TestActivityEnvironment.newInstance();
    private final List<String> opened = new ArrayList<>();
    private LocalStore store;
    private TinyPipeline tiny;
    private CandidateActivities activities;

    @BeforeEach
    void open() throws IOException {
        store = new LocalStore(temp.resolve("store"));
        Path pipeline = Files.createDirectories(temp.resolve("pipeline"));
        tiny = new TinyPipeline(store, "run-1", pipeline);
        copy("sound", weight -> weight);
        copy("loud", weight -> 30 * weight);
        copy("broken", weight -> Double.NaN);
        PipelineFiles files = new PipelineFiles(new ActivitySettings(store.root(), List.of(), List.of()));
        Subjects counted = candidate -> {
            opened.add(candidate.name());
            return new EngineSubjects().open(candidate);
        };
        environment.registerActivitiesImplementations(new CandidateActivitiesImpl(
                store,
                BaseModelFiles.of(
                        files, Map.of("HF_HUB_CACHE", temp.resolve("hub").toString())),
                counted,
                store.checkpoints(),
                new Shutdown()));
        activities = environment.newActivityStub(CandidateActivities.class);
    }

    @AfterEach
    void close() {
        environment.close();
    }

    @Test
    void theModelThatExpectsTheAnswersIsChosen() throws IOException {
        DatasetRef dataset = tiny.datasetWithTexts();
        List<Examined> examined = examined(dataset, null);

        assertThat(examined).extracting(Examined::model).containsExactlyElementsOf(NAMES);
        assertThat(examined.get(1).bitsPerByte())
                .as("random weights of 320 tokens know nothing: about log2(320) bits for each token")
                .isBetween(3.0, 12.0);
        assertThat(examined.get(0).bitsPerByte()).isGreaterThan(20.0);
        assertThat(examined.get(2).leftOut()).isEqualTo("its loss on the validation rows is not a finite number");
        assertThat(examined.get(3).leftOut()).contains("'gone'", "no such file or folder");
        assertThat(ModelChoice.of(examined).map(ModelChoice::chosen)).hasValue("sound");
        assertThat(opened).containsExactly("loud", "sound", "broken");

        assertThat(examined(dataset, null))
                .as("another run, or another attempt")
                .isEqualTo(examined);
        assertThat(opened).as("the losses are in the store").hasSize(3);
    }

    @Test
    void leavesOutWhatTheFileDoesNotAllow() throws IOException {
        Files.writeString(temp.resolve("pipeline/sound/README.md"), "---\nlicense: mit\n---\n");
        Files.writeString(temp.resolve("pipeline/loud/tokenizer.json"), "{");
        RequireSpec apache = new RequireSpec(List.of("apache-2.0"), 100_000L);

        assertThat(activities.screen(request(1, apache, null)).leftOut())
                .isEqualTo("initialize: require licence: the model's licence is mit; accepted are apache-2.0");
        assertThat(activities.screen(request(0, apache, null)).leftOut()).contains("tokenizer.json");
        assertThat(activities
                        .screen(request(2, new RequireSpec(List.of(), 100L), null))
                        .leftOut())
                .contains("require parameters: the model has");
        assertThat(activities.screen(request(2, apache, null)).leftOut()).isNull();
    }

    @Test
    void leavesOutWhatNeedsMoreMemoryThanTheFileAllows() throws IOException {
        Examined found = examine(1, tiny.datasetWithTexts(), 1L << 20);
        assertThat(found.leftOut())
                .contains("its training needs about 0.", " GiB, and `resources memory:` allows 0.0 GiB");
        assertThat(opened).isEmpty();
    }

    @Test
    void refusesADatasetWithoutValidationRows() throws IOException {
        DatasetRef none = tiny.dataset();
        Examined screened = activities.screen(request(1, null, null));
        assertThatThrownBy(() -> activities.examine(exam(1, screened, none, null)))
                .hasStackTraceContaining("validation.jsonl");
    }

    /** A chosen model shares its results with a file that names it alone. */
    @Test
    void theListOfCandidatesIsInNoKey() throws IOException {
        InitializeSpec alone = new InitializeSpec("sound", null, null, null, InitializeSpec.DEFAULT_POLICY);
        assertThat(trainKey(spec("sound", null))).isEqualTo(trainKey(alone));
        assertThat(initializeKey(spec("sound", null))).isEqualTo(initializeKey(alone));
        assertThat(trainKey(spec("loud", null))).isNotEqualTo(trainKey(alone));
    }

    private StageKey trainKey(InitializeSpec initialize) throws IOException {
        TrainRequest request = new TrainRequest(
                tiny.run(),
                TinyPipeline.train(TinyPipeline.LORA),
                initialize,
                SetupSpec.DEFAULT,
                tiny.dataset(),
                tiny.model(),
                1e-3,
                2);
        return StageKey.of(StageGraph.TRAIN, request, KeyMeasurements.NONE.with(KeyMeasurement.WORKER, "w"));
    }

    private StageKey initializeKey(InitializeSpec initialize) throws IOException {
        InitializeRequest request = new InitializeRequest(
                tiny.run(),
                initialize,
                SetupSpec.DEFAULT,
                TinyPipeline.train(TinyPipeline.LORA),
                tiny.dataset(),
                false);
        return StageKey.of(
                StageGraph.INITIALIZE, request, KeyMeasurements.NONE.with(KeyMeasurement.BASE_MODEL, "digest"));
    }

    private List<Examined> examined(DatasetRef dataset, @Nullable RequireSpec require) {
        List<Examined> all = new ArrayList<>();
        for (int at = 0; at < NAMES.size(); at++) {
            Examined screened = activities.screen(request(at, require, null));
            all.add(screened.leftOut() != null ? screened : activities.examine(exam(at, screened, dataset, null)));
        }
        return all;
    }

    private Examined examine(int number, DatasetRef dataset, @Nullable Long memory) {
        return activities.examine(exam(number, activities.screen(request(number, null, null)), dataset, memory));
    }

    private CandidateRequest request(int number, @Nullable RequireSpec require, @Nullable Long memory) {
        SetupSpec setup = new SetupSpec(
                new ResourcesSpec(0, memory, null),
                SetupSpec.DEFAULT.precision(),
                SetupSpec.DEFAULT.seed(),
                null,
                SetupSpec.DEFAULT_POLICY);
        return new CandidateRequest(
                tiny.run(),
                number,
                spec(NAMES.get(number), require),
                prepare(),
                setup,
                TinyPipeline.train(TinyPipeline.LORA),
                EvaluateSpec.DEFAULT,
                true,
                null,
                null);
    }

    static PrepareSpec prepare() {
        return new PrepareSpec(
                "data.jsonl",
                null,
                DatasetFormat.AUTO,
                0,
                List.of(),
                false,
                null,
                SplitSpec.DEFAULT,
                64,
                PrepareSpec.DEFAULT_POLICY);
    }

    private CandidateRequest exam(int number, Examined screened, DatasetRef dataset, @Nullable Long memory) {
        CandidateRequest plain = request(number, null, memory);
        return new CandidateRequest(
                plain.run(),
                number,
                plain.initialize(),
                plain.prepare(),
                plain.setup(),
                plain.train(),
                plain.evaluate(),
                true,
                screened,
                dataset);
    }

    private static InitializeSpec spec(String model, @Nullable RequireSpec require) {
        return new InitializeSpec(model, null, null, require, null, NAMES, InitializeSpec.DEFAULT_POLICY);
    }

    /** A copy of the tiny model with changed weights, which are float32 after a header of JSON. */
    private void copy(String name, DoubleUnaryOperator change) throws IOException {
        Path folder = Files.createDirectories(temp.resolve("pipeline").resolve(name));
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
