package dev.septet.activities.deploy.chain;

import dev.septet.llm.model.config.ComputePrecision;
import dev.septet.llm.model.config.ModelConfig;
import dev.septet.llm.model.program.LanguageModel;
import dev.septet.llm.train.data.TokenDataset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Rows of the test split as token ids; the logits of two forms are compared on them.
 *
 * @param rows at most 8 rows, evenly spaced over the split
 */
record TokenPrompts(List<int[]> rows) {
    private static final int ROWS = 8;
    private static final int MAX_TOKENS = 256;
    private static final int MIN_TOKENS = 16;

    /** Limit of the logits in memory for one form: 128 MiB. */
    private static final int MAX_LOGITS = 32 << 20;

    TokenPrompts {
        rows = List.copyOf(rows);
    }

    /**
     * Takes rows of the test split, or of the next split that has any.
     *
     * @param dataset folder of the prepared dataset
     * @param model folder of the model; its vocabulary size determines how many positions fit in
     *     memory
     */
    static TokenPrompts of(Path dataset, Path model) {
        int vocabulary = ModelConfig.read(model).vocabularySize();
        int max = Math.max(MIN_TOKENS, Math.min(MAX_TOKENS, MAX_LOGITS / ROWS / vocabulary));
        for (String split : List.of("test", "validation", "train")) {
            Path file = dataset.resolve(split + ".safetensors");
            if (Files.exists(file)) {
                TokenDataset rows = TokenDataset.open(file);
                if (rows.rows() > 0) {
                    return of(rows, max);
                }
            }
        }
        throw new IllegalStateException(dataset + " has no rows in any split");
    }

    private static TokenPrompts of(TokenDataset rows, int max) {
        int count = Math.min(ROWS, rows.rows());
        List<int[]> prompts = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int[] tokens = rows.row((int) ((long) i * rows.rows() / count)).tokens();
            prompts.add(Arrays.copyOf(tokens, Math.min(max, tokens.length)));
        }
        return new TokenPrompts(prompts);
    }

    /** Logits of every position of every prompt: (positions, V), in float32 arithmetic. */
    List<float[]> logits(Path model, Optional<Path> adapter) {
        List<float[]> logits = new ArrayList<>();
        try (LanguageModel opened = LanguageModel.open(model, ComputePrecision.FLOAT32, adapter)) {
            for (int[] prompt : rows) {
                logits.addAll(List.of(opened.logits(prompt)));
            }
        }
        return logits;
    }
}
