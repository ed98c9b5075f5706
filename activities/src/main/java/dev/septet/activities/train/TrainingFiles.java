package dev.septet.activities.train;

import dev.septet.llm.train.TokenDataset;

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
