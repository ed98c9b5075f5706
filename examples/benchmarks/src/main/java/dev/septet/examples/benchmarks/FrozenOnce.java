package dev.septet.examples.benchmarks;

import dev.septet.llm.model.config.ModelConfig;
import dev.septet.llm.train.CachedActivations;
import dev.septet.llm.train.CachedActivationsWriter;
import dev.septet.llm.train.TrainingInputs;
import dev.septet.llm.train.data.TokenDataset;
import dev.septet.llm.train.memory.MicroBatchBudget;
import dev.septet.llm.train.plan.TrainingPlan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The inputs of a training that may cache activations of frozen layers, prepared as in the train
 * stage.
 */
public final class FrozenOnce {
    private FrozenOnce() {}

    /**
     * Inputs from a model and rows. If the plan caches activations, they are computed and included.
     *
     * @param folder folder for the cached activations
     */
    public static TrainingInputs inputs(TrainingPlan plan, Path model, TokenDataset rows, Path folder)
            throws IOException {
        TrainingInputs bare = new TrainingInputs(model, rows);
        if (!CachedActivations.usedBy(plan, ModelConfig.read(model))) {
            return bare;
        }
        Path file = Files.createTempFile(folder, "hidden", ".safetensors");
        CachedActivationsWriter.write(plan, model, MicroBatchBudget.of(plan), List.of(rows), file, done -> {});
        return bare.with(CachedActivations.open(file));
    }
}
