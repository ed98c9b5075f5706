package dev.septet.examples.basemodel;

import dev.septet.examples.tokenizer.BytePairs;
import dev.septet.examples.tokenizer.TokenizerJson;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** Trains the base model's tokenizer on its corpus. */
final class TokenizerRecipe {
    private static final int DOCUMENTS = 20_000;

    private TokenizerRecipe() {}

    /** Writes the tokenizer's files and returns the size of its vocabulary. */
    static int write(Path folder, long seed, int vocabulary, int maxPositions) throws IOException {
        ModelCorpus corpus = new ModelCorpus(seed);
        BytePairs pairs = new BytePairs();
        for (int number = 0; number < DOCUMENTS; number++) {
            corpus.row(number).edited((field, text) -> {
                pairs.read(text);
                return text;
            });
        }
        for (String role : List.of("system\n", "user\n", "assistant\n")) {
            for (int i = 0; i < DOCUMENTS; i++) {
                pairs.read(role);
            }
        }
        List<BytePairs.Merge> merges = pairs.learn(vocabulary - TokenizerJson.vocabularySize(List.of()));
        TokenizerJson.write(folder, merges, maxPositions);
        return TokenizerJson.vocabularySize(merges);
    }
}
