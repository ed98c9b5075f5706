package dev.septet.activities.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.septet.activities.dataset.Row;
import dev.septet.activities.endpoint.ModelEndpoints;
import dev.septet.activities.evaluate.form.FormResult;
import dev.septet.activities.evaluate.form.FormScore;
import dev.septet.activities.evaluate.form.FormSpeed;
import dev.septet.activities.evaluate.form.FormsExam;
import dev.septet.activities.evaluate.form.FormsReport;
import dev.septet.activities.evaluate.metric.AnswerNeeds;
import dev.septet.activities.evaluate.subject.EngineSubjects;
import dev.septet.activities.evaluate.subject.Prediction;
import dev.septet.activities.evaluate.subject.Subject;
import dev.septet.activities.evaluate.subject.Subjects;
import dev.septet.activities.files.ActivitySettings;
import dev.septet.activities.files.PipelineFiles;
import dev.septet.activities.store.Fence;
import dev.septet.activities.store.LocalStore;
import dev.septet.activities.store.Sha256;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.dsl.pipeline.deploy.DeploySpec;
import dev.septet.dsl.pipeline.deploy.DeploySpec.Quantization;
import dev.septet.dsl.pipeline.deploy.DirectorySpec;
import dev.septet.dsl.pipeline.deploy.FormExamSpec;
import dev.septet.dsl.pipeline.deploy.OllamaSpec;
import dev.septet.dsl.pipeline.deploy.TargetSpec;
import dev.septet.dsl.pipeline.evaluate.EvaluateSpec;
import dev.septet.dsl.pipeline.evaluate.MetricSpec;
import dev.septet.dsl.pipeline.evaluate.SliceSpec;
import dev.septet.dsl.pipeline.evaluate.TestSetSpec;
import dev.septet.dsl.pipeline.prepare.DatasetFormat;
import dev.septet.dsl.pipeline.train.SetupSpec;
import dev.septet.llm.format.ElementType;
import dev.septet.llm.format.ModelFolder;
import dev.septet.llm.format.ModelFolderWriter;
import dev.septet.llm.format.StoredTensor;
import dev.septet.llm.format.TensorSource;
import dev.septet.llm.model.config.ModelConfig;
import dev.septet.llm.template.ChatEncoder;
import dev.septet.llm.template.ChatMessage;
import dev.septet.llm.template.ChatTemplate;
import dev.septet.llm.tokenizer.Tokenizer;
import dev.septet.llm.train.data.TokenDataset;
import dev.septet.llm.train.data.TokenDatasetWriter;
import dev.septet.workflows.RunRef;
import dev.septet.workflows.artifact.ChainCheck;
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
import dev.septet.workflows.deploy.PublishActivities;
import io.temporal.testing.TestActivityEnvironment;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The repository's own base model, whose matrices have a large column in each block of a quantized format, while the norm
 * before them makes up for it. So its float32 function stays, 8 bits cost little, and 4 bits cost much.
 */
class FormsExamTest {
    private static final Path BASE = Path.of("../../examples/quickstart/base-model");
    private static final Path ROWS = Path.of("../../examples/quickstart/data/general.jsonl");
    private static final Origin ORIGIN = new Origin("0".repeat(64), null, "made for a test");
    private static final int BLOCK = 32;
    private static final float OUTLIER = 12;

    @TempDir
    static Path shared;

    @TempDir
    Path temp;

    /** The model with outliers, and its base model; written once. */
    @BeforeAll
    static void writeModels() throws IOException {
        ModelFolder base = ModelFolder.open(BASE);
        List<TensorSource> tensors = new ArrayList<>();
        for (StoredTensor tensor : base.tensors().values()) {
            tensors.add(TensorSource.floats(tensor.name(), ElementType.F32, tensor.shape(), () -> outliers(tensor)));
        }
        var config = base.config();
        config.put("torch_dtype", "float32");
        ModelFolderWriter.write(shared.resolve("tuned"), config, tensors, base, Long.MAX_VALUE);
    }

    private static float[] outliers(StoredTensor tensor) {
        float[] values = tensor.floats();
        boolean norm = tensor.name().endsWith("layernorm.weight");
        boolean reads = tensor.name().matches(".*\\.(q|k|v|gate|up)_proj\\.weight");
        int width = (int) tensor.shape().get(tensor.shape().dimension() - 1);
        for (int at = 0; at < values.length; at++) {
            if (at % width % BLOCK == 0 && (norm || reads)) {
                values[at] *= norm ? 1 / OUTLIER : OUTLIER;
            }
        }
        return values;
    }

    @Test
    void publishesTheFormThatPassesAndNotTheOneThatLoses() throws IOException {
        Scene scene = new Scene(temp);
        DeployRequest request = scene.request(
                List.of(Quantization.INT8, Quantization.Q4_0),
                new DirectorySpec("models/tiny"),
                new OllamaSpec("tiny", "ollama"));
        ExportRef export = scene.export(request, new EngineSubjects());

        Path folder = scene.store.fetch(export.artifact());
        FormsReport report = FormsReport.read(folder).orElseThrow();
        assertThat(report.forms().stream().map(FormResult::form)).containsExactly("model", "f16", "q8_0", "q4_0");
        assertThat(report.forms().stream().skip(1).map(FormResult::verdict))
                .containsExactly(Verdict.GO, Verdict.GO, Verdict.NO_GO);
        assertThat(folder.resolve("model-q8_0.gguf")).exists();
        assertThat(folder.resolve("model-q4_0.gguf")).doesNotExist();
        FormResult four = report.forms().get(3);
        assertThat(four.why()).contains("loss rose", "than the unquantized model");
        assertThat(four.scores().stream().map(FormScore::metric))
                .containsExactly("loss", "exactMatch", "loss on hard", "exactMatch on hard");
        assertThat(four.bitsPerWeight()).isBetween(4.5, 7.0);
        FormResult eight = report.forms().get(2);
        assertThat(eight.sha256()).isEqualTo(Sha256.of(Files.readAllBytes(folder.resolve("model-q8_0.gguf"))));
        assertThat(export.chain().checks().stream().map(ChainCheck::measure))
                .filteredOn(measure -> measure.contains("passed the exam"))
                .hasSize(2);
        assertThat(FormsReport.of(scene.store, export.artifact())).contains(report);
        assertThat(FormSpeed.last(scene.store, "tiny").orElseThrow().forms()).containsKeys("f16", "q8_0", "q4_0");

        DeploymentRef deployed = scene.publish(request, export);
        assertThat(Path.of(deployed.published().get(1).location()).resolve("model.gguf"))
                .hasSameBinaryContentAs(folder.resolve("model-q8_0.gguf"));
        assertThat(Path.of(deployed.published().get(0).location()).resolve("forms.json"))
                .exists();
    }

    @Test
    void publishesNothingWhereATargetNeedsAFormAndNonePasses() throws IOException {
        Scene scene = new Scene(temp);
        DeployRequest request = scene.request(List.of(Quantization.Q4_0), new OllamaSpec("tiny", "ollama"));
        assertThatThrownBy(() -> scene.export(request, new EngineSubjects()))
                .hasStackTraceContaining("type='GateFailed'")
                .hasStackTraceContaining("no quantized form passed, but target")
                .hasStackTraceContaining("q4_0 is NO_GO: loss rose")
                .hasStackTraceContaining("Nothing was published");
    }

    @Test
    void aMissingNumberNeverPasses() throws IOException {
        Scene scene = new Scene(temp);
        DeployRequest request = scene.request(List.of(Quantization.INT8), new DirectorySpec("models/tiny"));
        ExportRef export = scene.export(request, changing(prediction -> new Prediction(null, Double.NaN, 1), "q8_0"));
        Path folder = scene.store.fetch(export.artifact());
        FormResult form = FormsReport.read(folder).orElseThrow().forms().get(2);
        assertThat(form.verdict()).isEqualTo(Verdict.NO_GO);
        assertThat(form.why()).contains("loss is missing (not a number)");
        assertThat(form.scores()).noneMatch(FormScore::front);
        assertThat(folder.resolve("model-q8_0.gguf")).doesNotExist();
        assertThat(folder.resolve("model-f16.gguf")).exists();
    }

    @Test
    @Tag("long")
    void anInterruptedExamGoesOnAndGivesTheSameBytes() throws IOException {
        Scene whole = new Scene(temp.resolve("whole"));
        List<Quantization> forms = List.of(Quantization.INT8);
        AtomicInteger rows = new AtomicInteger();
        ExportRef expected =
                whole.export(whole.request(forms, new DirectorySpec("models/tiny")), counting(rows, Integer.MAX_VALUE));
        int all = rows.get();

        Scene killed = new Scene(temp.resolve("killed"));
        DeployRequest request = killed.request(forms, new DirectorySpec("models/tiny"));
        AtomicInteger asked = new AtomicInteger();
        int kills = 0;
        ExportRef found = null;
        while (found == null) {
            try {
                found = killed.export(request, counting(asked, asked.get() + 5 * Subject.SHARD_ROWS));
            } catch (io.temporal.failure.ActivityFailure e) {
                assertThat(e).hasStackTraceContaining("killed by the test");
                kills++;
            }
        }
        assertThat(kills).isGreaterThanOrEqualTo(1);
        assertThat(found.artifact().sha256()).isEqualTo(expected.artifact().sha256());
        assertThat(asked).as("no stored answer is asked for again").hasValue(all);
    }

    @Test
    void refusesAFileThatDidNotPass() throws IOException {
        Path export = Files.createDirectories(temp.resolve("export"));
        assertThatThrownBy(() -> ExaminedFiles.check(export)).hasMessageContaining("no results of an exam");
        Files.writeString(export.resolve("model-q8_0.gguf"), "weights");
        FormScore score =
                new FormScore("loss", true, 1.0, 1.0, null, 0.0, 0.0, 0.1, 10, Verdict.GO, "It stayed.", false);
        FormResult form =
                new FormResult("q8_0", "model-q8_0.gguf", Sha256.of("weights"), 7, 8.5, 0.0, null, List.of(score));
        FormsReport.of(1, "FLOAT32", List.of(), List.of(form)).write(export);
        ExaminedFiles.check(export);
        Files.writeString(export.resolve("model-q8_0.gguf"), "others");
        assertThatThrownBy(() -> ExaminedFiles.check(export)).hasMessageContaining("its bytes changed");
        Files.move(export.resolve("model-q8_0.gguf"), export.resolve("model-q4_0.gguf"));
        assertThatThrownBy(() -> ExaminedFiles.check(export)).hasMessageContaining("model-q4_0.gguf took no exam");
    }

    /** The clusters are no column of the rows: their names come from the base model. */
    @Test
    @Tag("long")
    void boundsOfErrorClustersAreThoseOfTheEvaluation() throws IOException {
        Scene scene = new Scene(temp);
        DeployRequest made = scene.request(List.of(Quantization.INT8), new DirectorySpec("models/tiny"));
        String base = made.model().artifact().sha256();
        int width = ModelConfig.read(BASE).hiddenSize();
        String zeros = "0.0" + ",0.0".repeat(width - 1);
        String rest = ",0.0".repeat(width - 1);
        Files.writeString(scene.pipeline.resolve("clusters.json"), """
            {"format":"septet.error-clusters","version":1,"baseModel":"%s","layer":1,"mean":[%s],"deviation":[%s],
             "clusters":[{"name":"one","radius":2,"centroid":[1%s]},{"name":"other","radius":2,"centroid":[-1%s]}]}
            """.formatted(
                        base, zeros, zeros.replace('0', '1'), rest, rest));
        EvaluateSpec exam = new EvaluateSpec(
                List.of(new MetricSpec("loss", null, null)),
                List.of(),
                null,
                null,
                null,
                0,
                8,
                2,
                List.of(new SliceSpec("errorCluster", 1.0, null, null, 1, "clusters.json")),
                List.of(),
                List.of(),
                null,
                null,
                EvaluateSpec.DEFAULT_POLICY);
        DeployRequest request = new DeployRequest(
                made.run(),
                new DeploySpec(
                        made.spec().quantize(),
                        made.spec().targets(),
                        null,
                        null,
                        null,
                        List.of(new FormExamSpec(0.05, null, null)),
                        DeploySpec.DEFAULT_POLICY),
                made.setup(),
                made.dataset(),
                made.model(),
                made.checkpoint(),
                made.evaluation(),
                exam);
        Path folder =
                scene.store.fetch(scene.export(request, new EngineSubjects()).artifact());
        FormResult form = FormsReport.read(folder).orElseThrow().forms().get(2);
        assertThat(form.scores().stream().map(FormScore::metric)).containsExactly("loss", "loss by errorCluster");
        assertThat(form.scores().get(1).why()).contains("of 2 slices by 'errorCluster'");
    }

    @Test
    void refusesATestSetThatChangedSinceTheEvaluation() throws IOException {
        Scene scene = new Scene(temp);
        DeployRequest request = scene.request(List.of(Quantization.INT8), new DirectorySpec("models/tiny"));
        Files.writeString(
                scene.hard(), Files.readAllLines(ROWS).get(0) + "\n", java.nio.file.StandardOpenOption.APPEND);
        assertThatThrownBy(() -> scene.export(request, new EngineSubjects()))
                .hasStackTraceContaining("'hard.jsonl' of test 'hard' has changed since the evaluation");
    }

    /** A pipeline folder with its store. */
    private static final class Scene {
        final LocalStore store;
        final Path pipeline;
        private final Path temp;

        Scene(Path temp) throws IOException {
            this.temp = Files.createDirectories(temp);
            store = new LocalStore(temp.resolve("store"));
            pipeline = Files.createDirectories(temp.resolve("pipeline"));
        }

        Path hard() {
            return pipeline.resolve("hard.jsonl");
        }

        DeployRequest request(List<Quantization> forms, TargetSpec... targets) throws IOException {
            List<String> rows = Files.readAllLines(ROWS);
            Files.write(hard(), rows.subList(60, 76));
            Path papers = Files.createDirectories(temp.resolve("papers"));
            Files.writeString(
                    papers.resolve("results.json"),
                    SpecJson.mapper()
                            .writeValueAsString(
                                    Map.of("lineage", Map.of("test set hard", Sha256.of(Files.readAllBytes(hard()))))));
            EvaluateSpec exam = new EvaluateSpec(
                    List.of(new MetricSpec("loss", null, null), new MetricSpec("exactMatch", null, null)),
                    List.of(),
                    null,
                    null,
                    null,
                    0,
                    8,
                    2,
                    List.of(),
                    List.of(new TestSetSpec(
                            "hard",
                            "hard.jsonl",
                            DatasetFormat.AUTO,
                            null,
                            List.of(),
                            List.of(),
                            null,
                            null,
                            List.of(),
                            null)),
                    List.of(),
                    null,
                    null,
                    EvaluateSpec.DEFAULT_POLICY);
            return new DeployRequest(
                    new RunRef("tiny", "run-1", pipeline.toString(), "0".repeat(64)),
                    new DeploySpec(
                            forms,
                            List.of(targets),
                            null,
                            null,
                            null,
                            List.of(new FormExamSpec(0.05, null, "loss"), new FormExamSpec(0.5, null, "exactMatch")),
                            DeploySpec.DEFAULT_POLICY),
                    SetupSpec.DEFAULT,
                    dataset(rows.subList(0, 48)),
                    new ModelRef(
                            store.put(BASE, new Fence("base", 1)),
                            "LlamaForCausalLM",
                            2_700_000,
                            6,
                            "mit",
                            512,
                            1,
                            ORIGIN),
                    new CheckpointRef(
                            store.put(shared.resolve("tuned"), new Fence("tuned", 1)),
                            false,
                            store.put(papers, new Fence("ledger", 1)),
                            1,
                            1,
                            null,
                            "steps",
                            ORIGIN),
                    new EvaluationReport(Verdict.GO, List.of(), store.put(papers, new Fence("papers", 1)), ORIGIN),
                    exam);
        }

        private DatasetRef dataset(List<String> lines) throws IOException {
            Path folder = Files.createDirectories(temp.resolve("dataset"));
            List<TokenDataset.Row> rows = new ArrayList<>();
            StringBuilder prepared = new StringBuilder();
            try (Tokenizer tokenizer = Tokenizer.open(BASE)) {
                ChatEncoder encoder = new ChatEncoder(ChatTemplate.of(BASE), tokenizer);
                for (String line : lines) {
                    var json = SpecJson.mapper().readTree(line).path("messages");
                    List<ChatMessage> messages = new ArrayList<>();
                    json.forEach(each -> messages.add(new ChatMessage(
                            each.path("role").asText(), each.path("content").asText())));
                    var row = encoder.example(messages);
                    rows.add(new TokenDataset.Row(row.ids(), row.mask()));
                    prepared.append("{\"source\":\"data.jsonl:%d\",\"messages\":%s}\n".formatted(rows.size(), json));
                }
            }
            TokenDatasetWriter.write(folder.resolve("test.safetensors"), 1, rows);
            Files.writeString(folder.resolve("test.jsonl"), prepared);
            return new DatasetRef(
                    store.put(folder, new Fence("dataset", 1)), 0, 0, rows.size(), 0, 100, 0, 0, 0, ORIGIN);
        }

        ExportRef export(DeployRequest request, Subjects subjects) {
            TestActivityEnvironment environment = TestActivityEnvironment.newInstance();
            try {
                environment.registerActivitiesImplementations(new DeployActivitiesImpl(
                        store,
                        (name, model) -> {
                            throw new IllegalStateException("no target serves it");
                        },
                        new ModelEndpoints(null, Map.of()),
                        null,
                        new FormsExam(store, files(), subjects)));
                return environment.newActivityStub(DeployActivities.class).export(request);
            } finally {
                environment.close();
            }
        }

        DeploymentRef publish(DeployRequest request, ExportRef export) {
            TestActivityEnvironment environment = TestActivityEnvironment.newInstance();
            try {
                environment.registerActivitiesImplementations(new PublishActivitiesImpl(store, files(), Map.of()));
                PublishActivities publisher = environment.newActivityStub(PublishActivities.class);
                return publisher.promote(request, publisher.publish(request, export, List.of()));
            } finally {
                environment.close();
            }
        }

        private PipelineFiles files() {
            return new PipelineFiles(new ActivitySettings(temp.resolve("store"), List.of(), List.of()));
        }
    }

    /** Changes the predictions of one candidate. */
    private static Subjects changing(UnaryOperator<Prediction> change, String name) {
        return candidate -> new Through(new EngineSubjects().open(candidate)) {
            @Override
            List<Prediction> seen(List<Prediction> predictions) {
                return candidate.name().equals(name)
                        ? predictions.stream().map(change).toList()
                        : predictions;
            }
        };
    }

    /** Counts the rows that are asked for, and dies after a number of them. */
    private static Subjects counting(AtomicInteger rows, int most) {
        return candidate -> new Through(new EngineSubjects().open(candidate)) {
            @Override
            List<Prediction> seen(List<Prediction> predictions) {
                if (rows.get() + predictions.size() > most) {
                    throw new IllegalStateException("killed by the test");
                }
                rows.addAndGet(predictions.size());
                return predictions;
            }
        };
    }

    /** A subject whose predictions are seen. */
    private abstract static class Through implements Subject {
        private final Subject subject;

        Through(Subject subject) {
            this.subject = subject;
        }

        abstract List<Prediction> seen(List<Prediction> predictions);

        @Override
        public List<Prediction> predict(List<Row> rows, OptionalInt answerTokens, OptionalInt cutAfter) {
            return seen(subject.predict(rows, answerTokens, cutAfter));
        }

        @Override
        public List<Prediction> predict(
                List<Row> rows,
                OptionalInt answerTokens,
                OptionalInt cutAfter,
                AnswerNeeds needs,
                long seed,
                IntConsumer progress) {
            return seen(subject.predict(rows, answerTokens, cutAfter, needs, seed, progress));
        }

        @Override
        public void close() {
            subject.close();
        }
    }
}
