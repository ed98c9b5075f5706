package dev.septet.llm.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.septet.llm.format.FormatProblem;
import dev.septet.llm.format.ModelFolder;
import dev.septet.llm.format.ModelFolderWriter;
import dev.septet.llm.format.TensorSource;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;

class LanguageModelTest {
    private static final double TOLERANCE = 2e-4;

    @TempDir Path temporary;

    @ParameterizedTest
    @ValueSource(strings = {"tied", "untied"})
    void logitsEqualTransformers(String name) {
        Golden golden = Golden.open(name);
        try (LanguageModel model = open(golden, Precision.FLOAT32, false)) {
            for (int i = 0; i < golden.rows().size(); i++) {
                assertClose(
                        flat(model.logits(golden.rows().get(i))),
                        golden.tensor("logits." + i),
                        TOLERANCE);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"tied", "untied"})
    void adaptedLogitsEqualPeft(String name) {
        Golden golden = Golden.open(name);
        try (LanguageModel model = open(golden, Precision.FLOAT32, true)) {
            assertClose(
                    flat(model.logits(golden.rows().get(0))),
                    golden.tensor("adapted.logits.0"),
                    TOLERANCE);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"tied", "untied"})
    void bf16StaysNearFloat32(String name) {
        Golden golden = Golden.open(name);
        try (LanguageModel model = open(golden, Precision.BF16, false)) {
            List<float[]> scores = model.logProbabilities(golden.rows(), new int[] {1, 1, 1});
            assertThat(maskedLoss(golden, scores)).isCloseTo(golden.number("loss"), within(0.02));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"tied", "untied"})
    void paddedRowsScoreAsAlone(String name) {
        Golden golden = Golden.open(name);
        try (LanguageModel model = open(golden, Precision.FLOAT32, false)) {
            List<float[]> together = model.logProbabilities(golden.rows(), new int[] {1, 1, 1});
            assertThat(maskedLoss(golden, together)).isCloseTo(golden.number("loss"), within(1e-5));
            for (int i = 0; i < 3; i++) {
                List<float[]> alone =
                        model.logProbabilities(List.of(golden.rows().get(i)), new int[] {1});
                assertClose(together.get(i), alone.get(0), 1e-5);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"tied", "untied"})
    void decodingWithCacheEqualsWholeRows(String name) {
        Golden golden = Golden.open(name);
        List<int[]> rows = golden.rows();
        try (LanguageModel model = open(golden, Precision.FLOAT32, true);
                DecodingCache cache = model.newCache(3, 16)) {
            int[] prefix = {5, 2, 4}; // rows of unlike lengths, prefilled together
            float[][] next = cache.extend(slices(rows, new int[3], prefix));
            for (int b = 0; b < 3; b++) {
                assertClose(next[b], model.logits(rows.get(b))[prefix[b] - 1], 1e-4);
            }
            float[][] one = cache.extend(slices(rows, prefix, new int[] {6, 3, 5}));
            float[][] more = cache.extend(slices(rows, new int[] {6, 3, 5}, new int[] {8, 4, 8}));
            for (int b = 0; b < 3; b++) {
                float[][] whole = model.logits(rows.get(b));
                assertClose(one[b], whole[new int[] {5, 2, 4}[b]], 1e-4);
                assertClose(more[b], whole[new int[] {7, 3, 7}[b]], 1e-4);
            }
            cache.select(new int[] {2, 0});
            float[][] rest = cache.extend(new int[][] {{rows.get(2)[8]}, {rows.get(0)[8]}});
            assertClose(rest[0], model.logits(rows.get(2))[8], 1e-4);
            assertClose(rest[1], model.logits(rows.get(0))[8], 1e-4);
        }
    }

    @ParameterizedTest
    @EnumSource(Precision.class)
    void whereAFilesWeightsLieChangesNoBit(Precision precision) throws IOException {
        Golden golden = Golden.open("untied"); // written by another tool: not at multiples of 64
        ModelFolder folder = ModelFolder.open(golden.folder());
        ModelFolderWriter.write(
                temporary,
                folder.config(),
                folder.tensors().values().stream().map(TensorSource::of).toList(),
                folder,
                ModelFolderWriter.SHARD_BYTES);
        int[] row = golden.rows().get(0);
        try (LanguageModel there = open(golden, precision, false);
                LanguageModel here = LanguageModel.open(temporary, precision, Optional.empty())) {
            assertThat(flat(here.logits(row))).isEqualTo(flat(there.logits(row)));
        }
    }

    @Test
    void refusesRowsThatOutgrowTheCache() {
        try (LanguageModel model = open(Golden.open("tied"), Precision.FLOAT32, false);
                DecodingCache cache = model.newCache(1, 4)) {
            cache.extend(new int[][] {{1, 2, 3}});
            assertThat(cache.lengths()).containsExactly(3);
            assertThatThrownBy(() -> cache.extend(new int[][] {{4, 5}}))
                    .hasMessageContaining("decoding needs 5 slots, the cache has 4");
            assertThatThrownBy(() -> cache.extend(new int[][] {{}}))
                    .hasMessageContaining("row 0 has no token to decode");
        }
    }

    @Test
    void decodingGoesOnWhenTheCacheIsWidened() {
        Golden golden = Golden.open("tied");
        try (LanguageModel model = open(golden, Precision.FLOAT32, false);
                DecodingCache cache = model.newCache(2, 1000)) {
            int[] row = new Random(4).ints(262, 0, model.config().vocabularySize()).toArray();
            float[][] next = cache.extend(new int[][] {Arrays.copyOf(row, 250), {row[0], row[1]}});
            for (int t = 250; t < row.length; t++) {
                next = cache.extend(new int[][] {{row[t]}, {row[t - 248]}});
            }
            assertClose(next[0], model.logits(row)[row.length - 1], 1e-4);
            assertClose(next[1], model.logits(Arrays.copyOf(row, 14))[13], 1e-4);
        }
    }

    @Test
    void refusesAnAdapterOfAnotherModel() {
        Golden tied = Golden.open("tied");
        Golden untied = Golden.open("untied");
        assertThatThrownBy(
                        () ->
                                LanguageModel.open(
                                        tied.folder(),
                                        Precision.FLOAT32,
                                        Optional.of(untied.adapter())))
                .isInstanceOf(FormatProblem.class)
                .hasMessageContaining("belongs to another base model");
    }

    @Test
    void refusesTokensOutsideTheVocabulary() {
        try (LanguageModel model = open(Golden.open("tied"), Precision.FLOAT32, false)) {
            assertThatThrownBy(() -> model.logits(new int[] {1, 96}))
                    .hasMessageContaining("token 96 is outside of the model's vocabulary of 96");
        }
    }

    private static LanguageModel open(Golden golden, Precision precision, boolean adapted) {
        return LanguageModel.open(
                golden.folder(),
                precision,
                adapted ? Optional.of(golden.adapter()) : Optional.empty());
    }

    private static double maskedLoss(Golden golden, List<float[]> scores) {
        double sum = 0;
        int count = 0;
        for (int b = 0; b < scores.size(); b++) {
            byte[] mask = golden.masks().get(b);
            for (int t = 1; t < mask.length; t++) {
                sum -= mask[t] * scores.get(b)[t - 1];
                count += mask[t];
            }
        }
        return sum / count;
    }

    private static int[][] slices(List<int[]> rows, int[] from, int[] to) {
        int[][] slices = new int[rows.size()][];
        for (int b = 0; b < slices.length; b++) {
            slices[b] = Arrays.copyOfRange(rows.get(b), from[b], to[b]);
        }
        return slices;
    }

    private static float[] flat(float[][] rows) {
        float[] flat = new float[rows.length * rows[0].length];
        for (int i = 0; i < rows.length; i++) {
            System.arraycopy(rows[i], 0, flat, i * rows[i].length, rows[i].length);
        }
        return flat;
    }

    private static void assertClose(float[] actual, float[] expected, double tolerance) {
        assertThat(actual).hasSameSizeAs(expected);
        for (int i = 0; i < actual.length; i++) {
            assertThat((double) actual[i]).as("[%d]", i).isCloseTo(expected[i], within(tolerance));
        }
    }
}
