package dev.septet.llm.model.program;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.septet.llm.model.GoldenModel;
import dev.septet.llm.model.config.ComputePrecision;
import dev.septet.llm.model.config.ModelConfig;
import dev.septet.llm.model.weights.LoraAdapter;
import dev.septet.llm.runtime.CounterRandom;
import dev.septet.llm.runtime.Script;
import dev.septet.llm.runtime.Torch;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** The program's own dropout: a function of key, site and channel. */
class DropoutTest {
    private static final double PROBABILITY = 0.25;
    private static final int T = 100;
    private static final int C = 500;

    @Test
    void dropsTheGivenShareAndScalesTheRest() {
        try (NDManager scope = Torch.newScope()) {
            float[] values = drop(scope, script(scope), T, 3, 11, 12);
            long dropped = zeros(values);
            assertThat(dropped / (double) values.length).isCloseTo(PROBABILITY, within(0.006));
            for (float value : values) {
                assertThat((double) value == 0 || Math.abs(value - 1 / 0.75) < 1e-6)
                        .isTrue();
            }
        }
    }

    @Test
    void masksDifferByKeyAndSiteButNotByCompany() {
        try (NDManager scope = Torch.newScope()) {
            Script script = script(scope);
            float[] pair = drop(scope, script, T, 3, 11, 12);
            float[] first = Arrays.copyOfRange(pair, 0, T * C);
            float[] second = Arrays.copyOfRange(pair, T * C, 2 * T * C);
            assertThat(first).isNotEqualTo(second);
            assertThat(drop(scope, script, T, 3, 12)).as("alone").isEqualTo(second);
            assertThat(drop(scope, script, T, 4, 11)).as("another site").isNotEqualTo(first);
            double both = 0;
            for (int i = 0; i < first.length; i++) {
                both += first[i] == 0 && second[i] == 0 ? 1 : 0;
            }
            assertThat(both / first.length).as("independent").isCloseTo(0.0625, within(0.004));
        }
    }

    private static float[] drop(NDManager scope, Script script, int length, int site, long... keys) {
        NDArray x = scope.ones(new Shape((long) keys.length * length, C), DataType.FLOAT32);
        long[] tokens = LongStream.of(keys)
                .mapToObj(CounterRandom.stream(1, "row")::at)
                .flatMapToLong(row -> LongStream.range(0, length).map(row::bits))
                .toArray();
        return script.tensor(scope, "dropout", x, scope.create(tokens), site).toFloatArray();
    }

    private static Script script(NDManager scope) {
        ModelConfig config = ModelConfig.read(GoldenModel.open("tied").folder());
        LoraAdapter adapter = new LoraAdapter(Map.of(), 1, PROBABILITY);
        return Script.load(scope, Decoder.source(config, ComputePrecision.FLOAT32, adapter));
    }

    private static long zeros(float[] values) {
        long zeros = 0;
        for (float value : values) {
            zeros += value == 0 ? 1 : 0;
        }
        return zeros;
    }
}
