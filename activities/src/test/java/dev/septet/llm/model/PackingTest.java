package dev.septet.llm.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;

import dev.septet.llm.runtime.CounterRandom;
import dev.septet.llm.runtime.Script;
import dev.septet.llm.runtime.ScriptSource;
import dev.septet.llm.runtime.Torch;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.Map;

class PackingTest {
    /** Of the largest value: bf16 keeps eight bits, and sums of another order round otherwise. */
    private static final float LAST_BIT = 1f / 128;

    @ParameterizedTest
    @CsvSource({"1, 8, 8", "3, 24, 7", "64, 576, 960", "33, 1536, 576", "5, 7, 3000"})
    void productsEqualPlainOnes(int rows, int in, int out) {
        try (NDManager scope = Torch.newScope()) {
            assumeTrue(Packing.isSupported(scope), "this machine's libtorch cannot pack");
            Script plain = script(scope, FrozenProducts.PLAIN);
            Script packed = script(scope, FrozenProducts.PACKED);
            Packing packing = new Packing(scope);
            NDArray w = plain.tensor(scope, "rounded", values(scope, out, in));
            NDArray x = plain.tensor(scope, "rounded", values(scope, rows, in));
            NDArray y = plain.tensor(scope, "rounded", values(scope, rows, out));
            NDArray ahead = plain.tensor(scope, "ahead", x, w);
            NDArray back = plain.tensor(scope, "back", y, w);
            NDArray packedAhead = packed.tensor(scope, "ahead", x, packing.forward(w));
            NDArray packedBack = packed.tensor(scope, "back", y, packing.backward(w));
            assertTrue(plain.tensor(scope, "off", ahead, packedAhead).getFloat() <= LAST_BIT);
            assertTrue(plain.tensor(scope, "off", back, packedBack).getFloat() <= LAST_BIT);
        }
    }

    @Test
    void onlyBf16IsPacked() {
        try (NDManager scope = Torch.newScope()) {
            assertEquals(FrozenProducts.PLAIN, FrozenProducts.on(scope, Precision.FLOAT32));
            assertEquals(
                    Packing.isSupported(scope) ? FrozenProducts.PACKED : FrozenProducts.PLAIN,
                    FrozenProducts.on(scope, Precision.BF16));
        }
    }

    private static Script script(NDManager scope, FrozenProducts products) {
        String text =
                """
                def ahead(self, x: Tensor, w: Tensor) -> Tensor:
                    return ${forward}

                def back(self, dy: Tensor, w: Tensor) -> Tensor:
                    return ${backward}

                def rounded(self, x: Tensor) -> Tensor:
                    return torch.to(x, 15)

                def off(self, a: Tensor, b: Tensor) -> Tensor:
                    a = torch.to(a, 6)
                    return torch.max(torch.abs(torch.sub(a, torch.to(b, 6)))) / torch.max(torch.abs(a))
                """;
        for (Map.Entry<String, String> place : products.numbers().entrySet()) {
            text = text.replace("${" + place.getKey() + "}", place.getValue());
        }
        return Script.load(scope, new ScriptSource("Products", text));
    }

    private static NDArray values(NDManager scope, int rows, int columns) {
        CounterRandom random = CounterRandom.stream(rows, "packing");
        float[] values = new float[rows * columns];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.uniform(i) - 0.5f;
        }
        return Torch.floats(scope, values, new Shape(rows, columns));
    }
}
