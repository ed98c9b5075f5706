package dev.septet.activities.deploy;

import dev.septet.activities.attempt.KeyMeasurements;
import dev.septet.activities.dataset.Row;
import dev.septet.activities.endpoint.ModelEndpoints;
import dev.septet.activities.evaluate.ExamFiles;
import dev.septet.activities.evaluate.benchmark.BenchmarkRequest;
import dev.septet.activities.evaluate.benchmark.BenchmarkResponse;
import dev.septet.activities.evaluate.form.FormsExam;
import dev.septet.activities.evaluate.metric.AnswerNeeds;
import dev.septet.activities.evaluate.safety.GuardModels;
import dev.septet.activities.evaluate.subject.Prediction;
import dev.septet.activities.evaluate.subject.Subject;
import dev.septet.activities.evaluate.subject.Subjects;
import dev.septet.activities.files.ActivitySettings;
import dev.septet.activities.files.PipelineFiles;
import dev.septet.activities.result.StageKey;
import dev.septet.activities.result.StageResults;
import dev.septet.activities.store.Fence;
import dev.septet.activities.store.LocalStore;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.dsl.pipeline.deploy.DeploySpec;
import dev.septet.dsl.pipeline.deploy.DeploySpec.Quantization;
import dev.septet.dsl.pipeline.deploy.FormExamSpec;
import dev.septet.dsl.pipeline.deploy.TargetSpec;
import dev.septet.dsl.pipeline.evaluate.EvaluateSpec;
import dev.septet.dsl.pipeline.evaluate.MetricSpec;
import dev.septet.dsl.pipeline.evaluate.TestSetSpec;
import dev.septet.dsl.pipeline.prepare.DatasetFormat;
import dev.septet.dsl.pipeline.train.SetupSpec;
import dev.septet.llm.format.ElementType;
import dev.septet.llm.format.ModelFolder;
import dev.septet.llm.format.ModelFolderWriter;
import dev.septet.llm.format.StoredTensor;
import dev.septet.llm.format.TensorSource;
import dev.septet.llm.template.ChatEncoder;
import dev.septet.llm.template.ChatMessage;
import dev.septet.llm.template.ChatTemplate;
import dev.septet.llm.tokenizer.Tokenizer;
import dev.septet.llm.train.data.TokenDataset;
import dev.septet.llm.train.data.TokenDatasetWriter;
import dev.septet.workflows.RunRef;
import dev.septet.workflows.Stage;
import dev.septet.workflows.artifact.ArtifactRef;
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
import dev.septet.workflows.graph.KeyMeasurement;
import io.temporal.testing.TestActivityEnvironment;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import java.util.function.IntConsumer;

/**
 * A pipeline folder with its store, for tests of the forms' exam. Its model is the repository's own base model, whose matrices
 * have a large column in each block of a quantized format, while the norm before them makes up for it. So its float32 function
 * stays, 8 bits cost little, and 4 bits cost much.
 */
final class FormsExamScene {
    static final Path BASE = Path.of("../../examples/quickstart/base-model");
    static final Path ROWS = Path.of("../../examples/quickstart/data/general.jsonl");
    private static final Origin ORIGIN = new Origin("0".repeat(64), null, "made for a test");
    private static final int BLOCK = 32;
    private static final float OUTLIER = 12;

    final LocalStore store;
    final Path pipeline;
    private final Path temp;
    private final Path shared;

    /**
     * @param shared folder with the model
     */
    FormsExamScene(Path temp, Path shared) throws IOException {
        this.shared = shared;
        this.temp = Files.createDirectories(temp);
        store = new LocalStore(temp.resolve("store"));
        pipeline = Files.createDirectories(temp.resolve("pipeline"));
    }

    Path hard() {
        return pipeline.resolve("hard.jsonl");
    }

    /** Loss and exact match on the test split and on {@code hard.jsonl}. */
    EvaluateSpec exam() throws IOException {
        Files.write(hard(), Files.readAllLines(ROWS).subList(60, 76));
        return new EvaluateSpec(
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
    }

    DeployRequest request(List<Quantization> forms, TargetSpec... targets) throws IOException {
        return request(
                exam(),
                List.of(new FormExamSpec(0.05, null, "loss"), new FormExamSpec(0.5, null, "exactMatch")),
                forms,
                targets);
    }

    DeployRequest request(
            EvaluateSpec exam, List<FormExamSpec> margins, List<Quantization> forms, TargetSpec... targets)
            throws IOException {
        RunRef run = new RunRef("tiny", "run-1", pipeline.toString(), "0".repeat(64));
        Path papers = Files.createDirectories(temp.resolve("papers"));
        Files.writeString(papers.resolve("results.json"), "{}");
        ArtifactRef report = store.put(papers, new Fence("papers", 1));
        StageKey key = evaluated(run, exam);
        EvaluationReport evaluation = new EvaluationReport(
                Verdict.GO,
                List.of(),
                report,
                exam.champion() == null ? null : EvaluationReport.NO_CHAMPION,
                new Origin(key.digest(), null, "made for a test"));
        new StageResults(store).commit(run, key, "", new Fence("evaluate", 1), evaluation);
        return new DeployRequest(
                run,
                new DeploySpec(forms, List.of(targets), null, null, null, margins, DeploySpec.DEFAULT_POLICY),
                SetupSpec.DEFAULT,
                dataset(Files.readAllLines(ROWS).subList(0, 48)),
                new ModelRef(
                        store.put(BASE, new Fence("base", 1)), "LlamaForCausalLM", 2_700_000, 6, "mit", 512, 1, ORIGIN),
                new CheckpointRef(
                        store.put(shared.resolve("tuned"), new Fence("tuned", 1)),
                        false,
                        report,
                        1,
                        1,
                        null,
                        "steps",
                        ORIGIN),
                evaluation,
                exam);
    }

    /** The key of the evaluation, as far as the exam reads it. */
    private StageKey evaluated(RunRef run, EvaluateSpec exam) throws IOException {
        KeyMeasurements measured = ExamFiles.read(files(), GuardModels.ofProcess(files()), run, exam, progress -> {})
                .measured();
        StageKey key = StageKey.of(Stage.EVALUATE);
        for (KeyMeasurement what : ExamFiles.MEASURED) {
            String value = measured.get(what);
            key = value == null ? key : key.with(what.group(), value);
        }
        return key;
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
                prepared.append(String.format(
                        Locale.ROOT, "{\"source\":\"data.jsonl:%d\",\"messages\":%s}\n", rows.size(), json));
            }
        }
        TokenDatasetWriter.write(folder.resolve("test.safetensors"), 1, rows);
        Files.writeString(folder.resolve("test.jsonl"), prepared);
        return new DatasetRef(store.put(folder, new Fence("dataset", 1)), 0, 0, rows.size(), 0, 100, 0, 0, 0, ORIGIN);
    }

    ExportRef export(DeployRequest request, Subjects subjects) {
        return export(request, new FormsExam(store, files(), subjects));
    }

    ExportRef export(DeployRequest request, FormsExam examiner) {
        TestActivityEnvironment environment = TestActivityEnvironment.newInstance();
        try {
            environment.registerActivitiesImplementations(new DeployActivitiesImpl(
                    store,
                    (name, model) -> {
                        throw new IllegalStateException("no target serves it");
                    },
                    new ModelEndpoints(null, Map.of()),
                    null,
                    examiner));
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

    PipelineFiles files() {
        return new PipelineFiles(new ActivitySettings(temp.resolve("store"), List.of(), List.of()));
    }

    /** Writes the model with outliers as {@code tuned}. */
    static void writeTuned(Path shared) throws IOException {
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

    /** A subject whose predictions are seen. */
    abstract static class Through implements Subject {
        private final Subject subject;

        Through(Subject subject) {
            this.subject = subject;
        }

        abstract List<Prediction> seen(List<Row> rows, List<Prediction> predictions);

        @Override
        public List<Prediction> predict(List<Row> rows, OptionalInt answerTokens, OptionalInt cutAfter) {
            return seen(rows, subject.predict(rows, answerTokens, cutAfter));
        }

        @Override
        public List<Prediction> predict(
                List<Row> rows,
                OptionalInt answerTokens,
                OptionalInt cutAfter,
                AnswerNeeds needs,
                long seed,
                IntConsumer progress) {
            return seen(rows, subject.predict(rows, answerTokens, cutAfter, needs, seed, progress));
        }

        @Override
        public List<BenchmarkResponse> respond(List<BenchmarkRequest> requests) {
            return subject.respond(requests);
        }

        @Override
        public void close() {
            subject.close();
        }
    }
}
