package dev.septet.activities.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.septet.activities.attempt.Shutdown;
import dev.septet.activities.attempt.TinyPipeline;
import dev.septet.activities.endpoint.ModelEndpoints;
import dev.septet.activities.files.ActivitySettings;
import dev.septet.activities.files.PipelineFiles;
import dev.septet.activities.store.ArtifactStore;
import dev.septet.activities.store.Disk;
import dev.septet.activities.store.Fence;
import dev.septet.activities.store.LocalStore;
import dev.septet.activities.train.TrainActivitiesImpl;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.dsl.pipeline.deploy.DeploySpec;
import dev.septet.dsl.pipeline.deploy.DirectorySpec;
import dev.septet.dsl.pipeline.deploy.OllamaSpec;
import dev.septet.dsl.pipeline.deploy.ServingGuardSpec;
import dev.septet.dsl.pipeline.deploy.TargetSpec;
import dev.septet.dsl.pipeline.deploy.VllmSpec;
import dev.septet.dsl.pipeline.evaluate.SafetySpec;
import dev.septet.dsl.pipeline.train.FullSpec;
import dev.septet.dsl.pipeline.train.MethodSpec;
import dev.septet.dsl.pipeline.train.SetupSpec;
import dev.septet.llm.format.ModelFolder;
import dev.septet.llm.format.PeftAdapter;
import dev.septet.llm.gguf.GgufFile;
import dev.septet.workflows.RunRef;
import dev.septet.workflows.artifact.ChainCheck;
import dev.septet.workflows.artifact.ChainLink;
import dev.septet.workflows.artifact.ChainReport;
import dev.septet.workflows.artifact.CheckpointRef;
import dev.septet.workflows.artifact.DatasetRef;
import dev.septet.workflows.artifact.DeploymentRef;
import dev.septet.workflows.artifact.EvaluationReport;
import dev.septet.workflows.artifact.ExportRef;
import dev.septet.workflows.artifact.ModelRef;
import dev.septet.workflows.artifact.Origin;
import dev.septet.workflows.artifact.Verdict;
import dev.septet.workflows.deploy.DeployActivities;
import dev.septet.workflows.deploy.DeployRequest;
import dev.septet.workflows.deploy.Publication;
import dev.septet.workflows.deploy.PublishActivities;
import dev.septet.workflows.train.TrainActivities;
import dev.septet.workflows.train.TrainRequest;
import io.temporal.testing.TestActivityEnvironment;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DeployActivitiesTest {
    private static final DirectorySpec DIRECTORY = new DirectorySpec("models/tiny");

    @TempDir
    Path temp;

    private final TestActivityEnvironment environment = TestActivityEnvironment.newInstance();
    private volatile String guard = "none";
    private LocalStore store;
    private Path pipeline;

    @BeforeEach
    void open() throws IOException {
        store = new LocalStore(temp.resolve("store"));
        pipeline = Files.createDirectories(temp.resolve("pipeline"));
        environment.registerActivitiesImplementations(
                new TrainActivitiesImpl(store, store.checkpoints(), new Shutdown()),
                new DeployActivitiesImpl(
                        store,
                        (name, model) -> {
                            throw new IllegalStateException("no target serves it");
                        },
                        new ModelEndpoints(null, Map.of()),
                        new WrittenGuard(),
                        null),
                new PublishActivitiesImpl(store, files(), Map.of()));
    }

    /** Writes its digest into the export. */
    private final class WrittenGuard implements ExportedGuards {
        @Override
        public @Nullable String digest(RunRef run, @Nullable DeploySpec deploy) {
            return guard;
        }

        @Override
        public void publish(RunRef run, DeploySpec deploy, ArtifactStore to, Fence fence, Path export)
                throws IOException {
            Files.writeString(export.resolve("guard.json"), guard);
        }
    }

    /** A version is another one with another guard, and a version without a guard has none of its files. */
    @Test
    void theGuardIsAPartOfTheVersion() throws IOException {
        DeployRequest plain = request("run-1", TinyPipeline.LORA, DIRECTORY);
        DeployRequest guarded = new DeployRequest(
                plain.run(),
                new DeploySpec(
                        List.of(),
                        List.of(DIRECTORY),
                        null,
                        null,
                        new ServingGuardSpec(
                                new SafetySpec.Guard(new SafetySpec.Model(null, "guard", null), null, null),
                                ServingGuardSpec.DEFAULT_ON,
                                ServingGuardSpec.Action.FLAG,
                                null,
                                List.of()),
                        List.of(),
                        DeploySpec.DEFAULT_POLICY),
                plain.setup(),
                plain.dataset(),
                plain.model(),
                plain.checkpoint(),
                plain.evaluation());
        guard = "first";
        ExportRef first = activities().export(guarded);
        ExportRef again = activities().export(guarded);
        guard = "second";
        ExportRef second = activities().export(guarded);

        assertThat(store.fetch(first.artifact()).resolve("guard.json")).hasContent("first");
        assertThat(again.artifact()).isEqualTo(first.artifact());
        assertThat(store.fetch(second.artifact()).resolve("guard.json")).hasContent("second");
        assertThat(second.artifact().sha256()).isNotEqualTo(first.artifact().sha256());
        assertThat(store.fetch(activities().export(plain).artifact()).resolve("guard.json"))
                .doesNotExist();
    }

    @AfterEach
    void close() {
        environment.close();
    }

    @Test
    void exportsEveryFormAndProvesEach() throws IOException {
        DeployRequest request = request("run-1", TinyPipeline.LORA, DIRECTORY);
        ExportRef export = activities().export(request);

        Path folder = store.fetch(export.artifact());
        assertThat(export.mergeError()).isLessThan(1e-3);
        assertThat(export.quantizeError()).isBetween(1e-9, 0.1);
        assertThat(ModelFolder.open(folder.resolve("model")).parameters()).isGreaterThan(28_000);
        assertThat(PeftAdapter.open(folder.resolve("adapter")).modules()).hasSize(4);
        assertThat(GgufFile.open(folder.resolve("model-f16.gguf")).tensors()).isNotEmpty();
        assertThat(folder.resolve("model-q8_0.gguf")).exists();
        assertThat(folder.resolve("README.md")).hasContent("# a card");
        assertThat(folder.resolve("results.json")).hasContent("{}");
        ChainReport chain =
                SpecJson.mapper().readValue(folder.resolve("chain.json").toFile(), ChainReport.class);
        assertThat(chain).isEqualTo(export.chain());
        assertThat(chain.checks()).hasSizeGreaterThan(12).allMatch(ChainCheck::holds);
        assertThat(chain.checks().stream().map(ChainCheck::link).distinct())
                .containsExactly(ChainLink.ADAPTER, ChainLink.MERGED, ChainLink.QUANTIZED, ChainLink.FILE);
        assertThat(activities()
                        .export(request("run-2", TinyPipeline.LORA, DIRECTORY))
                        .artifact())
                .isEqualTo(export.artifact());
    }

    @Test
    void exportsAWholeModelWithoutMerging() throws IOException {
        DeployRequest request = request("run-1", new FullSpec(), DIRECTORY);
        ExportRef export = activities().export(request);
        Path folder = store.fetch(export.artifact());
        assertThat(export.mergeError()).isZero();
        assertThat(folder.resolve("adapter")).doesNotExist();
        assertThat(folder.resolve("model/model.safetensors"))
                .hasSameBinaryContentAs(
                        store.fetch(request.checkpoint().artifact()).resolve("model.safetensors"));
    }

    @Test
    void refusesAnAdapterThatDoesNothing() throws IOException {
        DeployRequest request = request("run-1", TinyPipeline.LORA, DIRECTORY);
        Path idle = Files.createDirectories(temp.resolve("idle"));
        Path trained = store.fetch(request.checkpoint().artifact());
        Files.copy(trained.resolve("adapter_config.json"), idle.resolve("adapter_config.json"));
        byte[] weights = Files.readAllBytes(trained.resolve("adapter_model.safetensors"));
        int header = (int) (8
                + java.nio.ByteBuffer.wrap(weights)
                        .order(java.nio.ByteOrder.LITTLE_ENDIAN)
                        .getLong());
        java.util.Arrays.fill(weights, header, weights.length, (byte) 0);
        Files.write(idle.resolve("adapter_model.safetensors"), weights);
        CheckpointRef before = request.checkpoint();
        DeployRequest changed = new DeployRequest(
                request.run(),
                request.spec(),
                request.setup(),
                request.dataset(),
                request.model(),
                new CheckpointRef(
                        store.put(idle, new Fence("idle", 1)),
                        true,
                        before.ledger(),
                        before.steps(),
                        before.finalLoss(),
                        before.validationLoss(),
                        before.stopReason(),
                        before.origin()),
                request.evaluation());
        assertThatThrownBy(() -> activities().export(changed))
                .hasStackTraceContaining("type='ChainBroken'")
                .hasStackTraceContaining("link 'adapter' of the chain is broken")
                .hasStackTraceContaining("the adapter changes nothing");
    }

    @Test
    void publishesOnceAndMovesTheAlias() throws IOException {
        OllamaSpec ollama = new OllamaSpec("tiny", "ollama");
        DeployRequest request = request("run-1", TinyPipeline.LORA, DIRECTORY, ollama);
        ExportRef export = activities().export(request);
        PublishActivities files = environment.newActivityStub(PublishActivities.class);
        Publication publication = files.publish(request, export, List.of());
        assertThat(files.publish(request, export, List.of())).isEqualTo(publication);
        assertThat(pipeline.resolve("models/tiny/current"))
                .as("nothing is live before its promotion")
                .doesNotExist();
        DeploymentRef first = files.promote(request, publication);
        DeploymentRef again = files.promote(request, publication);

        assertThat(again).isEqualTo(first);
        assertThat(first.previous()).isNull();
        Path current = Path.of(first.published().get(0).location());
        assertThat(current).isEqualTo(pipeline.resolve("models/tiny/current"));
        assertThat(ModelFolder.open(current.resolve("model")).parameters()).isPositive();
        Path served = Path.of(first.published().get(1).location());
        assertThat(GgufFile.open(served.resolve("model.gguf")).tensors()).isNotEmpty();
        assertThat(served.resolve("Modelfile")).hasContent("""
            FROM ./model.gguf
            TEMPLATE \"""{{ if .System }}<|im_start|>system
            {{ .System }}<|im_end|>
            {{ else }}{{ end }}{{ range .Messages }}{{ if eq .Role "user" }}<|im_start|>user
            {{ .Content }}<|im_end|>
            <|im_start|>assistant
            {{ else if eq .Role "assistant" }}{{ .Content }}<|im_end|>
            {{ end }}{{ end }}\"""
            PARAMETER stop "<|im_end|>"
            """);

        DeployRequest other = request("run-2", new FullSpec(), DIRECTORY, ollama);
        DeploymentRef second = publish(environment, other, activities().export(other));
        assertThat(second.previous()).isEqualTo(first.artifact().sha256());
        assertThat(current.resolve("adapter")).doesNotExist();
        new Aliases(store, Map.of()).rollBack("tiny");
        assertThat(current.resolve("adapter")).exists();
        assertThat(served.resolve("Modelfile")).exists();
    }

    @Test
    void loadsTheAdapterIntoARunningServer() throws IOException {
        DeployRequest request =
                request("run-1", TinyPipeline.LORA, new VllmSpec("models/vllm", "cluster", null), DIRECTORY);
        ExportRef export = activities().export(request);
        assertThat(export.answers()).isNotNull();
        TestActivityEnvironment publishing = TestActivityEnvironment.newInstance();
        try (FakeVllm vllm = new FakeVllm(TinyPipeline.baseModel())) {
            Map<String, String> worker = vllm.environment(temp, "%s: %s".formatted(temp, temp));
            publishing.registerActivitiesImplementations(new PublishActivitiesImpl(store, files(), worker));
            publish(publishing, request, export);
            String version = VersionFolder.version(export.artifact().sha256());
            assertThat(vllm.adapters).containsOnlyKeys("tiny", "tiny@" + version);
            assertThat(new Aliases(store, worker).history("tiny").targets().get(0))
                    .extracting(AliasHistory.Target::server, AliasHistory.Target::name)
                    .containsExactly("cluster", "tiny");
        } finally {
            publishing.close();
        }
    }

    @Test
    void publishesNothingHalfWhereverItIsKilled() throws IOException {
        DeployRequest old = request("run-1", TinyPipeline.LORA, DIRECTORY);
        ExportRef oldExport = activities().export(old);
        DeployRequest next = request("run-2", new FullSpec(), DIRECTORY);
        ExportRef nextExport = activities().export(next);
        publish(environment, old, oldExport);
        Path current = pipeline.resolve("models/tiny/current");
        Publication published = null;
        boolean done = false;
        int kills = 0;
        while (!done) {
            int[] left = {kills};
            Disk dying = new Disk((action, path) -> {
                if (left[0]-- <= 0) {
                    throw new IllegalStateException("killed by the test");
                }
            });
            TestActivityEnvironment killed = TestActivityEnvironment.newInstance();
            killed.registerActivitiesImplementations(
                    new PublishActivitiesImpl(store, files(), new TargetPlaces(dying, Map.of())));
            try {
                PublishActivities files = killed.newActivityStub(PublishActivities.class);
                if (published == null) {
                    published = files.publish(next, nextExport, List.of());
                } else {
                    files.promote(next, published);
                    done = true;
                }
            } catch (io.temporal.failure.ActivityFailure e) {
                assertThat(e).hasStackTraceContaining("killed by the test");
                kills++;
                assertThat(ModelFolder.open(current.resolve("model")).parameters())
                        .isPositive();
                String version = current.toRealPath().getFileName().toString();
                assertThat(version)
                        .isIn(
                                VersionFolder.version(oldExport.artifact().sha256()),
                                VersionFolder.version(nextExport.artifact().sha256()));
            } finally {
                killed.close();
            }
        }
        assertThat(kills).isGreaterThan(5);
        assertThat(current.toRealPath().getFileName())
                .hasToString(VersionFolder.version(nextExport.artifact().sha256()));
        assertThat(new Aliases(store, Map.of()).history("tiny").moves()).hasSize(2);
    }

    @Test
    void refusesToWriteOutsideOfThePipelinesFolder() throws IOException {
        Files.createSymbolicLink(pipeline.resolve("way-out"), temp);
        for (String path : List.of("../elsewhere", "/tmp/elsewhere", "way-out/elsewhere", ".")) {
            DeployRequest request = request("run-1", TinyPipeline.LORA, new DirectorySpec(path));
            ExportRef export = activities().export(request);
            assertThatThrownBy(() -> publish(environment, request, export))
                    .hasStackTraceContaining("writes outside of the pipeline file's folder")
                    .hasStackTraceContaining("type='PolicyDenied'");
        }
        assertThat(temp.resolve("elsewhere")).doesNotExist();
    }

    private DeployRequest request(String runId, MethodSpec method, TargetSpec... targets) throws IOException {
        TinyPipeline tiny = new TinyPipeline(store, runId, pipeline);
        DatasetRef dataset = tiny.dataset();
        ModelRef model = tiny.model();
        TrainRequest train = tiny.trainRequest(TinyPipeline.train(method), dataset);
        CheckpointRef checkpoint = java.util.Objects.requireNonNull(environment
                .newActivityStub(TrainActivities.class)
                .train(train, 0)
                .checkpoint());
        Path papers = Files.createDirectories(temp.resolve("papers"));
        Files.writeString(papers.resolve("README.md"), "# a card");
        Files.writeString(papers.resolve("results.json"), "{}");
        EvaluationReport evaluation = new EvaluationReport(
                Verdict.GO,
                List.of(),
                store.put(papers, new Fence("papers", 1)),
                new Origin("0".repeat(64), null, "made for a test"));
        return new DeployRequest(
                tiny.run(),
                new DeploySpec(
                        List.of(DeploySpec.Quantization.INT8), List.of(targets), null, null, DeploySpec.DEFAULT_POLICY),
                SetupSpec.DEFAULT,
                dataset,
                model,
                checkpoint,
                evaluation);
    }

    private DeployActivities activities() {
        return environment.newActivityStub(DeployActivities.class);
    }

    private static DeploymentRef publish(TestActivityEnvironment where, DeployRequest request, ExportRef export) {
        PublishActivities files = where.newActivityStub(PublishActivities.class);
        return files.promote(request, files.publish(request, export, List.of()));
    }

    private PipelineFiles files() {
        return new PipelineFiles(new ActivitySettings(temp.resolve("store"), List.of(), List.of()));
    }
}
