package dev.septet.activities.attempt;

import dev.septet.activities.store.ArtifactStore;
import dev.septet.activities.store.Fence;
import dev.septet.dsl.pipeline.InitializeSpec;
import dev.septet.dsl.pipeline.backend.BackEndSpec;
import dev.septet.dsl.pipeline.train.AdamwSpec;
import dev.septet.dsl.pipeline.train.BatchSpec;
import dev.septet.dsl.pipeline.train.CheckpointSpec;
import dev.septet.dsl.pipeline.train.LearningRateSpec;
import dev.septet.dsl.pipeline.train.LoraSpec;
import dev.septet.dsl.pipeline.train.MethodSpec;
import dev.septet.dsl.pipeline.train.ObjectiveSpec;
import dev.septet.dsl.pipeline.train.PreserveSpec;
import dev.septet.dsl.pipeline.train.SearchSpec;
import dev.septet.dsl.pipeline.train.SetupSpec;
import dev.septet.dsl.pipeline.train.StopSpec;
import dev.septet.dsl.pipeline.train.TrainSpec;
import dev.septet.llm.train.data.TokenDataset;
import dev.septet.llm.train.data.TokenDatasetWriter;
import dev.septet.workflows.RunRef;
import dev.septet.workflows.artifact.ArtifactRef;
import dev.septet.workflows.artifact.DatasetRef;
import dev.septet.workflows.artifact.ModelRef;
import dev.septet.workflows.artifact.Origin;
import dev.septet.workflows.train.TrainRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** A pipeline so small that a test runs it: two layers, two dozen rows, a dozen steps. */
public final class TinyPipeline {
    public static final int STEPS = 12;
    public static final LoraSpec LORA = new LoraSpec(2, 4, 0.1, List.of("q_proj", "down_proj"));

    private static final int VOCABULARY = 320;
    private static final Origin ORIGIN = new Origin("0".repeat(64), null, "made for a test");

    private final ArtifactStore store;
    private final RunRef run;

    public TinyPipeline(ArtifactStore store, String runId, Path folder) {
        this.store = store;
        this.run = new RunRef("tiny", runId, folder.toString(), "0".repeat(64));
    }

    public RunRef run() {
        return run;
    }

    /** The base model's folder in the test's resources: Llama, 2 layers, hidden size 32. */
    public static Path baseModel() {
        return Path.of("../engine/src/test/resources/dev/septet/llm/format/tiny/base")
                .toAbsolutePath()
                .normalize();
    }

    public ModelRef model() throws IOException {
        ArtifactRef artifact = store.put(baseModel(), new Fence(run.runId() + "/model", 1));
        return new ModelRef(artifact, "LlamaForCausalLM", 29_000, 2, "mit", 1000, 1, ORIGIN);
    }

    public DatasetRef dataset() throws IOException {
        return dataset(rows(24, 0), rows(6, 100));
    }

    /** A prepared dataset of these tokens; the test split is the validation split again. */
    public DatasetRef dataset(List<TokenDataset.Row> train, List<TokenDataset.Row> validation) throws IOException {
        return dataset(train, validation, validation);
    }

    /** A prepared dataset of these tokens. */
    public DatasetRef dataset(
            List<TokenDataset.Row> train, List<TokenDataset.Row> validation, List<TokenDataset.Row> test)
            throws IOException {
        return dataset(1, train, validation, test);
    }

    /** Pairs: every two rows are the chosen and the rejected answer of a question. */
    public DatasetRef pairs() throws IOException {
        return dataset(2, rows(24, 0), rows(6, 100), rows(6, 100));
    }

    private DatasetRef dataset(
            int each, List<TokenDataset.Row> train, List<TokenDataset.Row> validation, List<TokenDataset.Row> test)
            throws IOException {
        Fence fence = new Fence(run.runId() + "/dataset", 1);
        Path folder = store.scratch(fence);
        TokenDatasetWriter.write(folder.resolve("train.safetensors"), each, train);
        TokenDatasetWriter.write(folder.resolve("validation.safetensors"), each, validation);
        TokenDatasetWriter.write(folder.resolve("test.safetensors"), each, test);
        List<TokenDataset.Row> general = rows(10, 50);
        TokenDatasetWriter.write(folder.resolve("general.safetensors"), general);
        Files.writeString(folder.resolve("test.jsonl"), """
            {"source":"data.jsonl:1","messages":[{"role":"user","content":"hello there"},\
            {"role":"assistant","content":"good day"}]}
            """);
        DatasetRef ref = new DatasetRef(
                store.put(folder, fence),
                train.size() / each,
                validation.size() / each,
                test.size() / each,
                100,
                lossTokens(train),
                new DatasetRef.General(general.size(), lossTokens(general)),
                16,
                0,
                0,
                0,
                0,
                0,
                0,
                ORIGIN);
        store.release(fence);
        return ref;
    }

    /** The prepared dataset with the rows' texts, which an outside trainer also gets. */
    public DatasetRef datasetWithTexts() throws IOException {
        DatasetRef plain = dataset();
        Path files = store.fetch(plain.artifact());
        Map<String, Path> all = new HashMap<>();
        try (Stream<Path> list = Files.list(files)) {
            list.filter(file -> !file.getFileName().toString().equals("manifest.json"))
                    .forEach(file -> all.put(file.getFileName().toString(), file));
        }
        all.put("train.jsonl", files.resolve("test.jsonl"));
        all.put("validation.jsonl", files.resolve("test.jsonl"));
        return new DatasetRef(
                store.put(all, new Fence(run.runId() + "/rows", 1)),
                plain.trainRows(),
                plain.validationRows(),
                plain.testRows(),
                plain.trainTokens(),
                plain.longestRow(),
                0,
                0,
                0,
                plain.origin());
    }

    /** LoRA by something else than the engine. */
    public static TrainSpec by(BackEndSpec backEnd) {
        TrainSpec plain = train(LORA);
        return new TrainSpec(
                plain.method(),
                plain.epochs(),
                plain.steps(),
                plain.batch(),
                plain.optimizer(),
                plain.learningRate(),
                plain.clip(),
                plain.checkpoint(),
                plain.validateEvery(),
                plain.stop(),
                plain.onNonFinite(),
                plain.preserve(),
                plain.objective(),
                backEnd,
                null,
                plain.policy());
    }

    private static long lossTokens(List<TokenDataset.Row> rows) {
        return rows.stream().mapToLong(TokenDataset.Row::lossTokens).sum();
    }

    /** Rows of a simple rule; all but the first three tokens carry loss. */
    public static List<TokenDataset.Row> rows(int count, int salt) {
        List<TokenDataset.Row> rows = new ArrayList<>();
        for (int row = 0; row < count; row++) {
            int[] tokens = new int[8 + row % 9];
            byte[] mask = new byte[tokens.length];
            for (int t = 0; t < tokens.length; t++) {
                tokens[t] = 3 + ((row + salt) * 11 + t * (3 + row % 4)) % (VOCABULARY - 3);
                mask[t] = (byte) (t < 3 ? 0 : 1);
            }
            rows.add(new TokenDataset.Row(tokens, mask));
        }
        return rows;
    }

    public static InitializeSpec initialize() {
        return new InitializeSpec("model", null, null, null, InitializeSpec.DEFAULT_POLICY);
    }

    /** The setup of a file that says nothing but what to search; null = not even that. */
    public static SetupSpec searching(@org.jspecify.annotations.Nullable SearchSpec search) {
        SetupSpec plain = SetupSpec.DEFAULT;
        return new SetupSpec(plain.resources(), plain.precision(), plain.seed(), search, SetupSpec.DEFAULT_POLICY);
    }

    public static TrainSpec train(MethodSpec method) {
        return train(method, null, TrainSpec.OnNonFinite.ROLL_BACK, 1e-2);
    }

    public static TrainSpec train(
            MethodSpec method,
            @org.jspecify.annotations.Nullable StopSpec stop,
            TrainSpec.OnNonFinite onNonFinite,
            double rate) {
        return train(method, stop, onNonFinite, rate, null);
    }

    /** With an objective. */
    public static TrainSpec train(MethodSpec method, ObjectiveSpec objective) {
        return train(method, null, TrainSpec.OnNonFinite.ROLL_BACK, 1e-2, objective);
    }

    private static TrainSpec train(
            MethodSpec method,
            @org.jspecify.annotations.Nullable StopSpec stop,
            TrainSpec.OnNonFinite onNonFinite,
            double rate,
            @org.jspecify.annotations.Nullable ObjectiveSpec objective) {
        return new TrainSpec(
                method,
                1,
                STEPS,
                new BatchSpec(2, 2),
                AdamwSpec.DEFAULT,
                new LearningRateSpec(LearningRateSpec.Shape.COSINE, rate, 2),
                1.0,
                new CheckpointSpec(2, 2),
                4,
                stop,
                onNonFinite,
                null,
                objective,
                TrainSpec.DEFAULT_POLICY);
    }

    /** The same training with something that keeps earlier skills. */
    public static TrainSpec preserving(TrainSpec plain, PreserveSpec preserve) {
        return new TrainSpec(
                plain.method(),
                plain.epochs(),
                plain.steps(),
                plain.batch(),
                plain.optimizer(),
                plain.learningRate(),
                plain.clip(),
                plain.checkpoint(),
                plain.validateEvery(),
                plain.stop(),
                plain.onNonFinite(),
                preserve,
                plain.objective(),
                plain.policy());
    }

    public TrainRequest trainRequest(TrainSpec spec) throws IOException {
        return trainRequest(spec, dataset());
    }

    public TrainRequest trainRequest(TrainSpec spec, DatasetRef dataset) throws IOException {
        return new TrainRequest(
                run,
                spec,
                initialize(),
                SetupSpec.DEFAULT,
                dataset,
                model(),
                spec.learningRate().peak(),
                0);
    }
}
