package dev.septet.llm.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDManager;
import dev.septet.llm.format.ModelFolder;
import dev.septet.llm.model.config.ComputePrecision;
import dev.septet.llm.model.program.LanguageModel;
import dev.septet.llm.runtime.Torch;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The script against the same mathematics written with DJL's own operators. */
class OracleTest {
    @ParameterizedTest
    @ValueSource(strings = {"tied", "untied"})
    void scriptEqualsPlainOperators(String name) {
        GoldenModel golden = GoldenModel.open(name);
        int[] row = golden.rows().get(0);
        try (LanguageModel model = LanguageModel.open(golden.folder(), ComputePrecision.FLOAT32, Optional.empty());
                NDManager scope = Torch.newScope()) {
            float[] expected = new PlainLlama(scope, model.config(), ModelFolder.open(golden.folder()))
                    .logits(row)
                    .toFloatArray();
            float[][] actual = model.logits(row);
            for (int i = 0; i < expected.length; i++) {
                int width = model.config().vocabularySize();
                assertThat((double) actual[i / width][i % width]).isCloseTo(expected[i], within(1e-4));
            }
        }
    }
}
