package dev.septet.activities.train;

import dev.septet.activities.resource.DeviceMemory;
import dev.septet.llm.model.config.ModelConfig;
import dev.septet.llm.runtime.Torch;
import dev.septet.llm.train.CachedActivations;
import dev.septet.llm.train.TrainingInputs;
import dev.septet.llm.train.data.TokenDataset;
import dev.septet.llm.train.memory.MicroBatchBudget;
import dev.septet.llm.train.plan.TrainingPlan;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The input files of a training.
 *
 * @param model the base model's folder
 * @param dataset the prepared dataset's folder
 * @param fisher importance of each weight, when EWC is configured
 * @param reference reference log-probabilities of the answers, when the objective compares answers
 * @param hidden cached activations that enter the first trained block, when frozen blocks are
 *     computed once
 */
public record TrainingFiles(
        Path model, Path dataset, Optional<Path> fisher, Optional<Path> reference, Optional<Path> hidden) {
    public TrainingFiles(Path model, Path dataset) {
        this(model, dataset, Optional.empty(), Optional.empty(), Optional.empty());
    }

    /** These files with a file of {@link dev.septet.llm.train.Fisher}. */
    TrainingFiles withFisher(Path file) {
        return new TrainingFiles(model, dataset, Optional.of(file), reference, hidden);
    }

    /** These files with a file of {@link dev.septet.llm.train.ReferenceLogProbabilities}. */
    TrainingFiles withReference(Path file) {
        return new TrainingFiles(model, dataset, fisher, Optional.of(file), hidden);
    }

    /** These files with a file of {@link CachedActivations}. */
    TrainingFiles withCachedActivations(Path file) {
        return new TrainingFiles(model, dataset, fisher, reference, Optional.of(file));
    }

    /** The training split's tokens. */
    public TokenDataset train() {
        return TokenDataset.open(dataset.resolve("train.safetensors"));
    }

    /** The micro-batch budget for the memory that is free now on the device. */
    public MicroBatchBudget budget(TrainingPlan plan) {
        return budget(plan, DeviceMemory.here(), Torch.gpus() > 0);
    }

    /** The micro-batch budget for the memory that is free on a device. */
    MicroBatchBudget budget(TrainingPlan plan, DeviceMemory device, boolean card) {
        return MicroBatchBudget.fitting(ModelConfig.read(model), plan, device.available(), card);
    }

    /** The validation split's tokens; empty when the split has no rows. */
    public Optional<TokenDataset> validation() {
        return rows("validation.safetensors");
    }

    /** Rows of general capability; empty when the pipeline names none. */
    public Optional<TokenDataset> general() {
        return rows("general.safetensors");
    }

    /** The inputs for the engine. */
    public TrainingInputs inputs() {
        return new TrainingInputs(model, train(), general(), fisher, reference, hidden.map(CachedActivations::open));
    }

    /** The splits that a training reads: for training and for validation. */
    List<TokenDataset> splits() {
        return Stream.concat(Stream.of(train()), validation().stream()).toList();
    }

    private Optional<TokenDataset> rows(String name) {
        Path file = dataset.resolve(name);
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        TokenDataset rows = TokenDataset.open(file);
        return rows.rows() == 0 ? Optional.empty() : Optional.of(rows);
    }
}
