package dev.septet.examples.benchmarks.training;

import dev.septet.llm.format.ElementType;
import dev.septet.llm.model.config.ModelConfig;
import dev.septet.llm.model.weights.RandomInitModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A Llama with random weights and the proportions of the SmolLM2 models.
 *
 * @param name display name of its size
 */
record RandomModel(String name, int hidden, int layers, int heads, int keyHeads, int vocabulary) {
    private static final int HEAD = 64;

    /**
     * Writes the model folder once. Its tokenizer is that of another model, because the training
     * rows are random token ids.
     */
    Path write(Path parent, Path tokenizer) throws IOException {
        return write(parent, tokenizer, ElementType.F32);
    }

    /** The same with weights of another type. */
    Path write(Path parent, Path tokenizer, ElementType type) throws IOException {
        Path folder = parent.resolve(name);
        if (!Files.exists(folder)) {
            RandomInitModel.write(folder, config(), type, 7);
            Files.copy(tokenizer, folder.resolve("tokenizer.json"));
        }
        return folder;
    }

    long parameters() {
        return config().parameters();
    }

    private ModelConfig config() {
        return new ModelConfig(
                hidden,
                layers,
                heads,
                keyHeads,
                HEAD,
                hidden * 8 / 3 / 64 * 64,
                vocabulary,
                8192,
                1e-5,
                100_000,
                null,
                true);
    }
}
