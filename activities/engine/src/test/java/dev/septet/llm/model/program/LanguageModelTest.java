package dev.septet.llm.model.program;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.septet.llm.format.FormatProblem;
import dev.septet.llm.format.ModelFolder;
import dev.septet.llm.format.ModelFolderWriter;
import dev.septet.llm.format.TensorSource;
import dev.septet.llm.model.GoldenModel;
import dev.septet.llm.model.config.ComputePrecision;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class LanguageModelTest {
    private static final double TOLERANCE = 2e-4;

    @TempDir
    Path temporary;

    @ParameterizedTest
    @ValueSource(strings = {"tied", "untied"})
    void logitsEqualTransformers(String name) {
        GoldenModel golden = GoldenModel.open(name);
        try (LanguageModel model = open(golden, ComputePrecision.FLOAT32, false)) {
            for (int i = 0; i < golden.rows().size(); i++) {
                assertClose(flat(model.logits(golden.rows().get(i))), golden.tensor("logits." + i), TOLERANCE);
            }
        }
    }

    /** See golden/states.py. */
    @ParameterizedTest
    @ValueSource(strings = {"tied", "untied"})
    void hiddenStatesEqualTransformers(String name) throws IOException {
        GoldenModel golden = GoldenModel.open(name);
        JsonNode states = new ObjectMapper()
                .readTree(GoldenModel.class.getResourceAsStream("golden/states.json"))
                .path(name);
        try (LanguageModel model = open(golden, ComputePrecision.FLOAT32, false)) {
            float[][] found = model.hiddenStates(golden.rows().get(0), 1);
            assertThat(found.length).isEqualTo(states.size());
            for (int token = 0; token < found.length; token++) {
                for (int at = 0; at < found[token].length; at++) {
                    assertThat((double) found[token][at])
                            .isCloseTo(states.path(token).path(at).doubleValue(), within(TOLERANCE));
                }
            }
            assertThatThrownBy(() -> model.hiddenStates(new int[] {1}, 3))
                    .hasMessageContaining("layers 1 to 2, but not 3");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"tied", "untied"})
    void adaptedLogitsEqualPeft(String name) {
        GoldenModel golden = GoldenModel.open(name);
        try (LanguageModel model = open(golden, ComputePrecision.FLOAT32, true)) {
            assertClose(flat(model.logits(golden.rows().get(0))), golden.tensor("adapted.logits.0"), TOLERANCE);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"tied", "untied"})
    void bf16StaysNearFloat32(String name) {
        GoldenModel golden = GoldenModel.open(name);
        try (LanguageModel model = open(golden, ComputePrecision.BF16, false)) {
            List<float[]> scores = model.logProbabilities(golden.rows(), new int[] {1, 1, 1});
            assertThat(maskedLoss(golden, scores)).isCloseTo(golden.number("loss"), within(0.02));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"tied", "untied"})
    void paddedRowsScoreAsAlone(String name) {
        GoldenModel golden = GoldenModel.open(name);
        try (LanguageModel model = open(golden, ComputePrecision.FLOAT32, false)) {
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
    @EnumSource(ComputePrecision.class)
    void whereAFilesWeightsLieChangesNoBit(ComputePrecision precision) throws IOException {
        GoldenModel golden = GoldenModel.open("untied"); // written by another tool: not at multiples of 64
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
    void refusesAnAdapterOfAnotherModel() {
        GoldenModel tied = GoldenModel.open("tied");
        GoldenModel untied = GoldenModel.open("untied");
        assertThatThrownBy(() ->
                        LanguageModel.open(tied.folder(), ComputePrecision.FLOAT32, Optional.of(untied.adapter())))
                .isInstanceOf(FormatProblem.class)
                .hasMessageContaining("belongs to another base model");
    }

    @Test
    void refusesTokensOutsideTheVocabulary() {
        try (LanguageModel model = open(GoldenModel.open("tied"), ComputePrecision.FLOAT32, false)) {
            assertThatThrownBy(() -> model.logits(new int[] {1, 96}))
                    .hasMessageContaining("token 96 is outside of the model's vocabulary of 96");
        }
    }

    private static LanguageModel open(GoldenModel golden, ComputePrecision precision, boolean adapted) {
        return LanguageModel.open(
                golden.folder(), precision, adapted ? Optional.of(golden.adapter()) : Optional.empty());
    }

    private static double maskedLoss(GoldenModel golden, List<float[]> scores) {
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
