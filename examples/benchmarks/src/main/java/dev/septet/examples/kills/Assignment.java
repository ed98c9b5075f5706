package dev.septet.examples.kills;

import dev.septet.activities.store.ArtifactStore;
import dev.septet.activities.store.Fence;
import dev.septet.dsl.Compilation;
import dev.septet.dsl.PipelineCompiler;
import dev.septet.dsl.PipelineSource;
import dev.septet.dsl.pipeline.PipelineSpec;
import dev.septet.llm.model.config.ModelConfig;
import dev.septet.llm.runtime.CounterRandom;
import dev.septet.llm.train.data.TokenDataset;
import dev.septet.llm.train.data.TokenDatasetWriter;
import dev.septet.workflows.RunRef;
import dev.septet.workflows.artifact.ArtifactRef;
import dev.septet.workflows.artifact.DatasetRef;
import dev.septet.workflows.artifact.ModelRef;
import dev.septet.workflows.artifact.Origin;
import dev.septet.workflows.train.TrainRequest;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The training that is killed: setup and train blocks of a pipeline file, a base model, and rows of
 * random tokens of uneven length.
 *
 * @param stages setup and train blocks as in a pipeline file, such as {@code train { method lora()
 *     }}
 */
record Assignment(String stages, Path baseModel) {
    private static final String NONE = "0".repeat(64);
    private static final Origin ORIGIN = new Origin(NONE, null, "made to be killed");
    private static final int TRAIN_ROWS = 96;
    private static final int VALIDATION_ROWS = 8;
    private static final int SHORTEST = 12;
    private static final int LONGEST = 60;

    /**
     * Puts model and data into a store and returns the training request.
     *
     * @throws IllegalArgumentException when the blocks are not valid
     */
    TrainRequest in(ArtifactStore store) throws IOException {
        PipelineSpec spec = spec();
        RunRef run = new RunRef("killed", "killed", ".", NONE);
        ModelConfig config = ModelConfig.read(baseModel);
        ArtifactRef model = store.put(baseModel, new Fence(run.runId() + "/model", 1));
        return new TrainRequest(
                run,
                spec.train(),
                spec.initialize(),
                spec.setup(),
                dataset(store, config.vocabularySize()),
                new ModelRef(
                        model, "LlamaForCausalLM", config.parameters(), config.layers(), "apache-2.0", 1, 1, ORIGIN),
                spec.train().learningRate().peak(),
                0);
    }

    private PipelineSpec spec() {
        String text = """
            pipeline('killed') {
                prepare { dataset 'data.jsonl' }
                initialize { model 'base-model' }
                %s
            }
            """.formatted(stages);
        Compilation compilation = PipelineCompiler.compile(PipelineSource.of("killed.groovy", text), Map.of());
        return compilation.spec().orElseThrow(() -> new IllegalArgumentException(compilation.printed()));
    }

    private static DatasetRef dataset(ArtifactStore store, int vocabulary) throws IOException {
        Fence fence = new Fence("killed/dataset", 1);
        store.open(fence);
        Path folder = store.scratch(fence);
        TokenDatasetWriter.write(folder.resolve("train.safetensors"), rows("train", TRAIN_ROWS, vocabulary));
        TokenDatasetWriter.write(
                folder.resolve("validation.safetensors"), rows("validation", VALIDATION_ROWS, vocabulary));
        DatasetRef ref = new DatasetRef(
                store.put(folder, fence),
                TRAIN_ROWS,
                VALIDATION_ROWS,
                0,
                (long) TRAIN_ROWS * LONGEST,
                LONGEST,
                0,
                0,
                0,
                ORIGIN);
        store.release(fence);
        return ref;
    }

    private static List<TokenDataset.Row> rows(String split, int count, int vocabulary) {
        CounterRandom random = CounterRandom.stream(42, split);
        List<TokenDataset.Row> rows = new ArrayList<>();
        for (int row = 0; row < count; row++) {
            long at = (long) row * (LONGEST + 1);
            int length = SHORTEST + (int) ((LONGEST - SHORTEST + 1) * random.uniform(at));
            int[] tokens = new int[length];
            byte[] mask = new byte[length];
            for (int i = 0; i < length; i++) {
                tokens[i] = (int) (vocabulary * random.uniform(at + 1 + i));
                mask[i] = (byte) (i < length / 3 ? 0 : 1);
            }
            rows.add(new TokenDataset.Row(tokens, mask));
        }
        return rows;
    }
}
