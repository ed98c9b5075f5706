package dev.septet.examples.benchmarks.estimate;

import dev.septet.llm.runtime.CounterRandom;
import dev.septet.llm.train.data.TokenDataset;
import dev.septet.llm.train.data.TokenDatasetWriter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntUnaryOperator;

/** Rows of random token ids that are in every vocabulary here. */
final class RandomRows {
    private static final int WORDS = 2000;
    private static final int SHORTEST = 16;

    private RandomRows() {}

    /** Rows of equal length, whose tokens all carry loss. */
    static TokenDataset equal(Path file, int rows, int length) throws IOException {
        return write(file, rows, row -> length, row -> 0);
    }

    /** Many short rows and few long ones. The second half of each row carries loss. */
    static TokenDataset uneven(Path file, int rows, int longest) throws IOException {
        CounterRandom random = CounterRandom.stream(7, "lengths");
        IntUnaryOperator lengths = row -> SHORTEST + (int) ((longest - SHORTEST) * Math.pow(random.uniform(row), 2));
        return write(file, rows, lengths, row -> lengths.applyAsInt(row) / 2);
    }

    private static TokenDataset write(Path file, int count, IntUnaryOperator length, IntUnaryOperator prompt)
            throws IOException {
        CounterRandom random = CounterRandom.stream(7, "rows");
        List<TokenDataset.Row> rows = new ArrayList<>();
        for (int row = 0; row < count; row++) {
            CounterRandom here = random.at(row);
            int[] tokens = new int[length.applyAsInt(row)];
            Arrays.setAll(tokens, i -> (int) (WORDS * here.uniform(i)));
            byte[] mask = new byte[tokens.length];
            Arrays.fill(mask, prompt.applyAsInt(row), mask.length, (byte) 1);
            rows.add(new TokenDataset.Row(tokens, mask));
        }
        TokenDatasetWriter.write(file, rows);
        return TokenDataset.open(file);
    }
}
