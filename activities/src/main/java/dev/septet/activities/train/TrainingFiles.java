package dev.septet.activities.train;

import dev.septet.activities.support.HostMemory;
import dev.septet.llm.model.ModelConfig;
import dev.septet.llm.train.AtOnce;
import dev.septet.llm.train.TokenDataset;
import dev.septet.llm.train.TrainingPlan;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What a training reads.
 *
 * @param model the base model's folder
 * @param dataset the prepared dataset's folder
 */
public record TrainingFiles(Path model, Path dataset) {
    /** The training split's tokens. */
    public TokenDataset train() {
        return TokenDataset.open(dataset.resolve("train.safetensors"));
    }

    /** How much of a step to compute at once, by the memory that is free now. */
    public AtOnce fitting(TrainingPlan plan) {
        return AtOnce.fitting(ModelConfig.read(model), plan, HostMemory.available());
    }

    /** The validation split's tokens; empty when the split has no rows. */
    public Optional<TokenDataset> validation() {
        Path file = dataset.resolve("validation.safetensors");
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        TokenDataset rows = TokenDataset.open(file);
        return rows.rows() == 0 ? Optional.empty() : Optional.of(rows);
    }
}
