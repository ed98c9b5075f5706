package dev.septet.llm.train.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.septet.llm.format.FormatProblem;
import java.io.IOException;
import java.nio.file.Path;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Examples drawn by weight. */
class WeightedDrawsTest {
    @TempDir
    Path folder;

    private TokenDataset weighted(int rowsPerExample, float... weights) throws IOException {
        Path file = folder.resolve("train.safetensors");
        int rows = weights.length * rowsPerExample;
        try (TokenDatasetWriter writer = TokenDatasetWriter.create(file, rowsPerExample, rows, 2L * rows, true)) {
            for (float weight : weights) {
                for (int row = 0; row < rowsPerExample; row++) {
                    writer.add(new TokenDataset.Row(new int[] {1, 2}, new byte[] {0, 1}), weight);
                }
            }
            writer.finish();
        }
        return TokenDataset.open(file);
    }

    private static int[] drawn(WeightedDraws draws, int epoch, int examples) {
        return IntStream.range(0, examples)
                .map(index -> draws.example(epoch, index))
                .toArray();
    }

    private static long count(int[] drawn, int example) {
        return IntStream.of(drawn).filter(one -> one == example).count();
    }

    @Test
    void anExampleOccursAsOftenAsItsWeightWithinOne() throws IOException {
        TokenDataset data = weighted(1, 2.5f, 0.5f, 0.5f, 0.5f, 1f);
        WeightedDraws draws = new WeightedDraws(data, 7);
        long[] all = new long[5];
        for (int epoch = 0; epoch < 1000; epoch++) {
            int[] drawn = drawn(draws, epoch, 5);
            assertThat(count(drawn, 0)).isBetween(2L, 3L);
            for (int example = 0; example < 5; example++) {
                all[example] += count(drawn, example);
            }
        }
        assertThat(all[0]).isBetween(2400L, 2600L);
        assertThat(all[1]).isBetween(420L, 580L);
        assertThat(all[4]).isBetween(900L, 1100L);
    }

    @Test
    void aDrawDependsOnDataSeedAndEpochAlone() throws IOException {
        TokenDataset data = weighted(2, 3f, 0.2f, 0.3f, 0.5f);
        WeightedDraws walked = new WeightedDraws(data, 7);
        IntStream.range(0, 9).forEach(epoch -> drawn(walked, epoch, 4));
        assertThat(drawn(new WeightedDraws(data, 7), 9, 4)).isEqualTo(drawn(walked, 9, 4));
        assertThat(IntStream.range(0, 20)
                        .mapToObj(epoch -> count(drawn(walked, epoch, 4), 1))
                        .distinct())
                .as("epochs differ")
                .hasSize(2);
    }

    @Test
    void equalWeightsDrawEveryExampleOnce() throws IOException {
        TokenDataset data = weighted(1, 1f, 1f, 1f, 1f, 1f, 1f, 1f);
        assertThat(drawn(new WeightedDraws(data, 7), 3, 7)).containsExactly(0, 1, 2, 3, 4, 5, 6);
    }

    @Test
    void aWeightThatIsNoPositiveNumberIsRefused() {
        for (float weight : new float[] {0, -1, Float.NaN, Float.POSITIVE_INFINITY}) {
            assertThatThrownBy(() -> weighted(1, 1f, weight))
                    .isInstanceOf(FormatProblem.class)
                    .hasMessageContaining("weights are not one positive number for each row");
        }
    }
}
