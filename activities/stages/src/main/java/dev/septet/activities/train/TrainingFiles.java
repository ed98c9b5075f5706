package dev.septet.activities.train;

import dev.septet.activities.resource.HostMemory;
import dev.septet.llm.model.config.ModelConfig;
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
 * What a training reads.
 *
 * @param model the base model's folder
 * @param dataset the prepared dataset's folder
 * @param fisher how much each weight matters, where EWC is asked for
 * @param reference how likely the starting model finds each answer, where answers are compared
 * @param hidden what enters the first trained block, where what is below computes once
 */
public record TrainingFiles(
        Path model, Path dataset, Optional<Path> fisher, Optional<Path> reference, Optional<Path> hidden) {
    public TrainingFiles(Path model, Path dataset) {
        this(model, dataset, Optional.empty(), Optional.empty(), Optional.empty());
    }

    /** The same with a file of {@link dev.septet.llm.train.Fisher}. */
    TrainingFiles weighed(Path file) {
        return new TrainingFiles(model, dataset, Optional.of(file), reference, hidden);
    }

    /** The same with a file of {@link dev.septet.llm.train.ReferenceLogProbabilities}. */
    TrainingFiles compared(Path file) {
        return new TrainingFiles(model, dataset, fisher, Optional.of(file), hidden);
    }

    /** The same with a file of {@link CachedActivations}. */
    TrainingFiles entered(Path file) {
        return new TrainingFiles(model, dataset, fisher, reference, Optional.of(file));
    }

    /** The training split's tokens. */
    public TokenDataset train() {
        return TokenDataset.open(dataset.resolve("train.safetensors"));
    }

    /** How much of a step to compute at once, by the memory that is free now. */
    public MicroBatchBudget fitting(TrainingPlan plan) {
        return MicroBatchBudget.fitting(ModelConfig.read(model), plan, HostMemory.available());
    }

    /** The validation split's tokens; empty when the split has no rows. */
    public Optional<TokenDataset> validation() {
        return rows("validation.safetensors");
    }

    /** Rows of general skill; empty where the pipeline names none. */
    public Optional<TokenDataset> general() {
        return rows("general.safetensors");
    }

    /** As the engine takes them. */
    public TrainingInputs inputs() {
        return new TrainingInputs(model, train(), general(), fisher, reference, hidden.map(CachedActivations::open));
    }

    /** The splits that a training reads: to learn, and to look. */
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
