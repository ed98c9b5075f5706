package dev.septet.activities.initialize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.septet.activities.attempt.KeyMeasurements;
import dev.septet.activities.attempt.TinyPipeline;
import dev.septet.activities.basemodel.BaseModelFiles;
import dev.septet.activities.basemodel.FakeHub;
import dev.septet.activities.basemodel.GgufModels;
import dev.septet.activities.basemodel.HubModels;
import dev.septet.activities.deploy.TargetCheck;
import dev.septet.activities.files.ActivitySettings;
import dev.septet.activities.files.PipelineFiles;
import dev.septet.activities.result.StageKey;
import dev.septet.activities.store.Fence;
import dev.septet.activities.store.LocalStore;
import dev.septet.dsl.pipeline.HttpSpec;
import dev.septet.dsl.pipeline.InitializeSpec;
import dev.septet.dsl.pipeline.backend.OpenAiSpec;
import dev.septet.dsl.pipeline.deploy.CanarySpec;
import dev.septet.dsl.pipeline.deploy.DeploySpec;
import dev.septet.dsl.pipeline.deploy.DirectorySpec;
import dev.septet.dsl.pipeline.deploy.OllamaSpec;
import dev.septet.dsl.pipeline.deploy.S3Spec;
import dev.septet.dsl.pipeline.deploy.TargetSpec;
import dev.septet.dsl.pipeline.evaluate.RequireSpec;
import dev.septet.dsl.pipeline.train.AdamwSpec;
import dev.septet.dsl.pipeline.train.BatchSpec;
import dev.septet.dsl.pipeline.train.CheckpointSpec;
import dev.septet.dsl.pipeline.train.FreezeSpec;
import dev.septet.dsl.pipeline.train.FullSpec;
import dev.septet.dsl.pipeline.train.LearningRateSpec;
import dev.septet.dsl.pipeline.train.MethodSpec;
import dev.septet.dsl.pipeline.train.PartialSpec;
import dev.septet.dsl.pipeline.train.PreserveSpec;
import dev.septet.dsl.pipeline.train.SetupSpec;
import dev.septet.dsl.pipeline.train.TrainSpec;
import dev.septet.llm.format.FolderDigest;
import dev.septet.llm.format.ModelFolder;
import dev.septet.llm.gguf.GgufExport;
import dev.septet.llm.gguf.GgufForm;
import dev.septet.workflows.artifact.ModelRef;
import dev.septet.workflows.graph.KeyMeasurement;
import dev.septet.workflows.graph.StageGraph;
import dev.septet.workflows.initialize.InitializeActivities;
import dev.septet.workflows.initialize.InitializeRequest;
import io.temporal.testing.TestActivityEnvironment;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InitializeActivitiesTest {
    @TempDir
    Path temp;

    private final TestActivityEnvironment environment = TestActivityEnvironment.newInstance();
    private LocalStore store;
    private FakeHub hub;
    private Path model;
    private boolean hostedHere = true;

    @BeforeEach
    void open() throws IOException {
        store = new LocalStore(temp.resolve("store"));
        hub = FakeHub.start();
        model = Files.createDirectories(temp.resolve("pipeline/model"));
        try (Stream<Path> files = Files.list(TinyPipeline.baseModel())) {
            for (Path file : files.toList()) {
                Files.copy(file, model.resolve(file.getFileName().toString()));
            }
        }
        PipelineFiles files = new PipelineFiles(new ActivitySettings(store.root(), List.of(), List.of()));
        environment.registerActivitiesImplementations(new InitializeActivitiesImpl(
                store,
                new BaseModelFiles(
                        files,
                        new HubModels(hub.settings(temp.resolve("hub-cache"))),
                        new GgufModels(temp.resolve("converted"))),
                files,
                new TargetCheck(
                        store,
                        files,
                        Map.of("SEPTET_S3_ENDPOINTS", "https://s3.example.com"),
                        other -> true,
                        pipeline -> hostedHere)));
    }

    @AfterEach
    void close() {
        environment.close();
        hub.close();
    }

    @Test
    void pinsTheModel() throws IOException {
        ModelRef ref = initialize(spec(null, null, null), TinyPipeline.LORA);

        assertThat(ref.architecture()).isEqualTo("LlamaForCausalLM");
        assertThat(ref.licence()).isEqualTo("apache-2.0");
        assertThat(ref.layers()).isEqualTo(2);
        // q_proj 32 -> 32 and down_proj 64 -> 32 at rank 2, in two layers
        assertThat(ref.trainable()).isEqualTo(2 * 2 * ((32 + 32) + (64 + 32)));
        assertThat(ref.parameters()).isBetween(28_000L, 30_000L);
        assertThat(ref.memoryBytes()).isGreaterThan(ref.parameters() * 4);
        assertThat(store.fetch(ref.artifact()).resolve("tokenizer.json"))
                .hasSameBinaryContentAs(model.resolve("tokenizer.json"));
        Files.writeString(model.resolve("README.md"), "changed");
        assertThat(store.fetch(ref.artifact()).resolve("README.md")).content().contains("Tiny");
    }

    @Test
    void takesOverTheSameModel() {
        ModelRef first = initialize(spec(null, null, null), TinyPipeline.LORA);
        ModelRef second = initialize("run-2", spec(null, null, null), TinyPipeline.LORA);
        assertThat(second.artifact()).isEqualTo(first.artifact());
        assertThat(second.origin().reusedFrom()).isEqualTo("run-1");
        ModelRef other = initialize("run-3", spec(null, null, null), new FullSpec());
        assertThat(other.origin().why()).isEqualTo("because method changed since run run-1");
        assertThat(other.trainable()).isEqualTo(other.parameters());
        assertThat(other.memoryBytes()).isGreaterThan(first.memoryBytes());
    }

    @Test
    void followsTheHubsLinksButLeavesPicklesAlone() throws IOException {
        Path blobs = Files.createDirectories(temp.resolve("pipeline/hub/blobs"));
        Path snapshot = Files.createDirectories(temp.resolve("pipeline/hub/snapshots/main"));
        try (Stream<Path> files = Files.list(model)) {
            for (Path file : files.toList()) {
                String name = file.getFileName().toString();
                Files.copy(file, blobs.resolve("blob-" + name));
                Files.createSymbolicLink(snapshot.resolve(name), Path.of("../../blobs/blob-" + name));
            }
        }
        Files.write(snapshot.resolve("pytorch_model.bin"), new byte[] {'P', 'K', 3, 4, 0, 0});
        ModelRef plain = initialize(spec(null, null, null), TinyPipeline.LORA);
        ModelRef linked = initialize(
                new InitializeSpec("hub/snapshots/main", null, null, null, InitializeSpec.DEFAULT_POLICY),
                TinyPipeline.LORA);
        assertThat(linked.artifact()).isEqualTo(plain.artifact());
    }

    @Test
    void takesTheSameModelFromTheHubAndFromAGguf() throws IOException {
        hub.publish("septet/tiny", model);
        ModelRef plain = initialize(spec(null, null, null), TinyPipeline.LORA);
        ModelRef fetched = initialize(of("septet/tiny", "main"), TinyPipeline.LORA);
        assertThat(fetched.artifact()).isEqualTo(plain.artifact());
        GgufExport.write(ModelFolder.open(model), model.resolveSibling("tiny.gguf"), "tiny", GgufForm.F16);
        ModelRef converted = initialize("run-2", of("tiny.gguf", null), TinyPipeline.LORA);
        assertThat(converted.parameters()).isEqualTo(plain.parameters());
        assertThat(converted.layers()).isEqualTo(plain.layers());
        assertRefused(of("septet/nothing", null), "'septet/nothing' is not on http://");
        // A folder that exists comes first, and its mistakes are not looked for on the hub.
        Files.createDirectories(model.resolveSibling("septet"));
        assertRefused(of("septet/tiny", null), "'septet/tiny': no such file or folder");
        assertThat(initialize("run-3", of("septet/tiny", "main"), TinyPipeline.LORA)
                        .artifact())
                .isEqualTo(plain.artifact());
    }

    private static InitializeSpec of(String model, @Nullable String revision) {
        return new InitializeSpec(model, revision, null, null, null, InitializeSpec.DEFAULT_POLICY);
    }

    @Test
    void namesTheConstraintThatFailed() {
        assertRefused(
                spec(null, new RequireSpec(List.of("mit"), null), null),
                "initialize: require licence: the model's licence is apache-2.0; accepted are mit");
        assertRefused(
                spec(null, new RequireSpec(List.of(), 1000L), null),
                "initialize: require parameters: the model has ",
                "at most 1,000 are accepted");
        assertRefused(
                spec("0".repeat(64), null, null),
                "initialize: digest: the folder 'model' has sha256 " + FolderDigest.of(model));
        assertRefused(
                spec(null, null, new FreezeSpec(0, 2)),
                "initialize: freeze layers: 0..2 names layer 2, but the model has layers 0 to" + " 1");
        assertRefused(spec(null, null, new FreezeSpec(0, 1)), "every layer that the method trains is frozen");
        assertThatThrownBy(() -> initialize(spec(null, null, null), new PartialSpec(3, false)))
                .hasStackTraceContaining("it trains the last 3 layers, but the model has 2");
        FreezeSpec last = new FreezeSpec(1, 1);
        assertThatThrownBy(() -> initialize(spec(null, null, last), new PartialSpec(1, false)))
                .hasStackTraceContaining("freeze layers: all of the last 1 layers, which `partial` trains, are"
                        + " frozen; freeze fewer");
        assertThat(initialize(spec(null, null, last), new PartialSpec(2, false)))
                .isNotNull();
        assertThat(initialize(spec(FolderDigest.of(model), null, null), TinyPipeline.LORA))
                .isNotNull();
    }

    @Test
    void refusesPicklesLinksAndFoldersOutside() throws IOException {
        Files.delete(model.resolve("model.safetensors"));
        Files.write(model.resolve("pytorch_model.bin"), new byte[] {'P', 'K', 3, 4, 0, 0});
        assertRefused(spec(null, null, null), "pytorch_model.bin", "is a Python pickle");
        Files.delete(model.resolve("config.json"));
        Files.createSymbolicLink(model.resolve("config.json"), Path.of("/etc/hostname"));
        Files.copy(TinyPipeline.baseModel().resolve("model.safetensors"), model.resolve("model.safetensors"));
        assertRefused(spec(null, null, null), "config.json", "outside of its folder");
        assertThatThrownBy(() -> initialize(
                        new InitializeSpec(
                                TinyPipeline.baseModel().toString(), null, null, null, InitializeSpec.DEFAULT_POLICY),
                        TinyPipeline.LORA))
                .hasStackTraceContaining("reads outside of the folders that this worker serves")
                .hasStackTraceContaining("type='PolicyDenied'");
        assertRefused(
                new InitializeSpec("nowhere", null, null, null, InitializeSpec.DEFAULT_POLICY),
                "'nowhere': no such file or folder");
    }

    @Test
    void refusesToTrainWhatCannotBeDeployed() throws IOException {
        Path file = model.resolve("tokenizer.json");
        ObjectNode tokenizer = (ObjectNode) new JsonMapper().readTree(Files.readString(file));
        tokenizer.putObject("normalizer").put("type", "Lowercase");
        Files.writeString(file, tokenizer.toString());
        assertRefused(
                spec(null, null, null),
                "initialize: model: deploy writes a GGUF, and this model cannot be one: ",
                "tokenizer.json: normalises text by {\"type\":\"Lowercase\"}, which GGUF cannot"
                        + " express; choose another base model, or leave the deploy block out");
        TinyPipeline tiny = new TinyPipeline(store, "run-2", temp.resolve("pipeline"));
        assertThat(initialize(tiny, spec(null, null, null), TinyPipeline.LORA, false))
                .isNotNull();
    }

    @Test
    void refusesATemplateThatOllamaCannotExpress() throws IOException {
        OllamaSpec ollama = new OllamaSpec("tiny", "models/ollama");
        assertThat(deploying(null, ollama)).isNotNull();
        Files.writeString(model.resolve("chat_template.jinja"), "the last words: {{ messages[-1]['content'] }}");
        assertThatThrownBy(() -> deploying(null, ollama))
                .hasStackTraceContaining("type='InvalidPipeline', nonRetryable=true")
                .hasStackTraceContaining("deploy: ollama: this model's chat template cannot be written in Ollama's"
                        + " template language; leave the ollama target out");
        assertThat(deploying(null, new DirectorySpec("models/tuned"))).isNotNull();
    }

    @Test
    void refusesAFolderThatHoldsOtherFiles() throws IOException {
        Path out = Files.createDirectories(temp.resolve("pipeline/models/tuned"));
        DirectorySpec directory = new DirectorySpec("models/tuned");
        assertThat(deploying(null, directory)).isNotNull();
        assertThat(out).as("nothing is written").isEmptyDirectory();
        Files.writeString(out.resolve("notes.txt"), "mine");
        assertThatThrownBy(() -> deploying(null, directory))
                .hasStackTraceContaining("type='PolicyDenied', nonRetryable=true")
                .hasStackTraceContaining(
                        out + " holds notes.txt, which no publication created: name a separate" + " folder");
        hostedHere = false;
        assertThat(deploying(null, directory))
                .as("another machine publishes it")
                .isNotNull();
        hostedHere = true;
        Files.delete(out.resolve("notes.txt"));
        Files.createDirectory(out.resolve("current"));
        assertThatThrownBy(() -> deploying(null, directory))
                .hasStackTraceContaining("current is not a link that a publication made");
        Files.delete(out.resolve("current"));
        Files.delete(out);
        Files.writeString(out, "mine");
        assertThatThrownBy(() -> deploying(null, directory))
                .hasStackTraceContaining("is a file, but a target is a folder");
    }

    @Test
    void refusesAFolderOfAnotherPipeline() throws IOException {
        store.replaceRecord(
                "aliases/other",
                Optional.empty(),
                """
                {"targets":[{"type":"directory","folder":"%s"}],"moves":[]}
                """.formatted(temp.resolve("pipeline/models")),
                new Fence("aliases/other", 1));
        assertThatThrownBy(() -> deploying(null, new DirectorySpec("models/tuned")))
                .hasStackTraceContaining("type='PolicyDenied', nonRetryable=true")
                .hasStackTraceContaining("belongs to pipeline 'other', which publishes there");
    }

    @Test
    void refusesAServerOfBucketsThatNoOperatorNamed() {
        S3Spec stranger = new S3Spec("s3://models/tuned", "https://stranger.example", null);
        hostedHere = false; // a bucket looks the same from everywhere
        assertThatThrownBy(() -> deploying(null, stranger))
                .hasStackTraceContaining("type='PolicyDenied', nonRetryable=true")
                .hasStackTraceContaining("deploy: s3: this worker sends its keys to no server but those its operator"
                        + " named; let them add https://stranger.example to"
                        + " SEPTET_S3_ENDPOINTS");
    }

    @Test
    void refusesAProbeThatCannotBeAsked() throws IOException {
        CanarySpec canary = new CanarySpec(0.25, Duration.ofMinutes(1), 50, 0.02, 0.05, 0.1, 1, 2, "probe.jsonl");
        HttpSpec http = new HttpSpec("127.0.0.1", 8080, null);
        assertThatThrownBy(() -> deploying(canary, http))
                .hasStackTraceContaining("'probe.jsonl': no such file or folder");
        Path probe = temp.resolve("pipeline/probe.jsonl");
        String good = "{\"prompt\":\"2+2\",\"completion\":\"4\"}\n";
        Files.writeString(probe, good + "{\"prompt\":\"3+3\"}\n");
        assertThatThrownBy(() -> deploying(canary, http))
                .hasStackTraceContaining("type='PoisonData', nonRetryable=true")
                .hasStackTraceContaining("canary's probe: probe.jsonl:2")
                .hasStackTraceContaining("correct or remove the row");
        Files.writeString(probe, "{\"text\":\"just text\"}\n");
        assertThatThrownBy(() -> deploying(canary, http))
                .hasStackTraceContaining("is plain text; a probe needs rows with answers");
        Files.writeString(probe, good);
        assertThat(deploying(canary, http)).isNotNull();
    }

    @Test
    void refusesTargetsThatNeedTheFilesOfAModelThatAServiceKeeps() throws IOException {
        TrainSpec hosted = new TrainSpec(
                new FullSpec(),
                1,
                null,
                BatchSpec.DEFAULT,
                AdamwSpec.DEFAULT,
                LearningRateSpec.DEFAULT,
                TrainSpec.DEFAULT_CLIP,
                CheckpointSpec.DEFAULT,
                TrainSpec.DEFAULT_VALIDATE_EVERY,
                null,
                TrainSpec.OnNonFinite.ROLL_BACK,
                null,
                null,
                new OpenAiSpec("azure", "small", null, null),
                null,
                TrainSpec.DEFAULT_POLICY);
        HttpSpec http = new HttpSpec("127.0.0.1", 8080, null);
        assertThatThrownBy(() -> deploying(hosted, null, http, new DirectorySpec("models/tuned")))
                .hasStackTraceContaining("type='InvalidPipeline', nonRetryable=true")
                .hasStackTraceContaining("deploy: the target models/tuned needs the model's files, but a service holds"
                        + " this model and gives only its name; use `target http { port 8080 }`");
        assertThat(deploying(hosted, null, http)).isNotNull();
    }

    private ModelRef deploying(@Nullable CanarySpec canary, TargetSpec... targets) throws IOException {
        return deploying(TinyPipeline.train(TinyPipeline.LORA), canary, targets);
    }

    private ModelRef deploying(TrainSpec train, @Nullable CanarySpec canary, TargetSpec... targets) throws IOException {
        TinyPipeline tiny = new TinyPipeline(store, "run-1", temp.resolve("pipeline"));
        return environment
                .newActivityStub(InitializeActivities.class)
                .initialize(new InitializeRequest(
                        tiny.run(),
                        spec(null, null, null),
                        SetupSpec.DEFAULT,
                        train,
                        tiny.dataset(),
                        true,
                        new DeploySpec(List.of(), List.of(targets), canary, null, DeploySpec.DEFAULT_POLICY)));
    }

    private void assertRefused(InitializeSpec spec, String... parts) {
        var refusal = assertThatThrownBy(() -> initialize(spec, TinyPipeline.LORA))
                .hasStackTraceContaining("type='InvalidPipeline', nonRetryable=true");
        for (String part : parts) {
            refusal.hasStackTraceContaining(part);
        }
    }

    private static InitializeSpec spec(
            @Nullable String digest, @Nullable RequireSpec require, @Nullable FreezeSpec freeze) {
        return new InitializeSpec("model", digest, require, freeze, InitializeSpec.DEFAULT_POLICY);
    }

    /** The memory that it tells workers to have depends on it. */
    @Test
    void estimatesAnewWhenWhatIsPreservedChanges() throws IOException {
        TinyPipeline tiny = new TinyPipeline(store, "run-1", temp.resolve("pipeline"));
        TrainSpec plain = TinyPipeline.train(TinyPipeline.LORA);
        PreserveSpec pull = new PreserveSpec(null, null, 0.1, null, null, null);
        List<StageKey> keys = new ArrayList<>();
        for (TrainSpec train : List.of(plain, TinyPipeline.preserving(plain, pull))) {
            InitializeRequest request = new InitializeRequest(
                    tiny.run(), spec(null, null, null), SetupSpec.DEFAULT, train, tiny.dataset(), false);
            keys.add(StageKey.of(
                    StageGraph.INITIALIZE, request, KeyMeasurements.NONE.with(KeyMeasurement.BASE_MODEL, "digest")));
        }
        assertThat(keys).doesNotHaveDuplicates();
    }

    private ModelRef initialize(InitializeSpec spec, MethodSpec method) {
        return initialize("run-1", spec, method);
    }

    private ModelRef initialize(String run, InitializeSpec spec, MethodSpec method) {
        return initialize(new TinyPipeline(store, run, temp.resolve("pipeline")), spec, method, true);
    }

    private ModelRef initialize(TinyPipeline tiny, InitializeSpec spec, MethodSpec method, boolean deploys) {
        try {
            return environment
                    .newActivityStub(InitializeActivities.class)
                    .initialize(new InitializeRequest(
                            tiny.run(), spec, SetupSpec.DEFAULT, TinyPipeline.train(method), tiny.dataset(), deploys));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
