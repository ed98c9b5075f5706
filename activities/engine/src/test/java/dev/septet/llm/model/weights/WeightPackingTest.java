package dev.septet.llm.model.weights;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.septet.llm.model.config.ComputePrecision;
import dev.septet.llm.runtime.CounterRandom;
import dev.septet.llm.runtime.Script;
import dev.septet.llm.runtime.ScriptSource;
import dev.septet.llm.runtime.Torch;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WeightPackingTest {
    /** Of the largest value: bf16 keeps eight bits, and sums of another order round otherwise. */
    private static final float LAST_BIT = 1f / 128;

    /** Float32 keeps 24 bits; sums of up to 3,000 numbers in another order lose a few of them. */
    private static final float LAST_BITS = 1e-5f;

    @ParameterizedTest
    @CsvSource({"1, 8, 8", "3, 24, 7", "64, 576, 960", "33, 1536, 576", "5, 7, 3000"})
    void productsEqualPlainOnes(int rows, int in, int out) {
        try (NDManager scope = Torch.newScope()) {
            assumeTrue(WeightPacking.isSupported(scope, ComputePrecision.BF16), "this machine's libtorch cannot pack");
            Script plain = script(scope, MatrixProducts.PLAIN);
            Script packed = script(scope, MatrixProducts.PACKED);
            WeightPacking packing = new WeightPacking(scope);
            NDArray w = plain.tensor(scope, "rounded", values(scope, out, in));
            NDArray x = plain.tensor(scope, "rounded", values(scope, rows, in));
            NDArray y = plain.tensor(scope, "rounded", values(scope, rows, out));
            NDArray ahead = plain.tensor(scope, "forward_product", x, w);
            NDArray back = plain.tensor(scope, "backward_product", y, w);
            NDArray packedAhead = packed.tensor(scope, "forward_product", x, packing.forward(w));
            NDArray packedBack = packed.tensor(scope, "backward_product", y, packing.backward(w));
            assertTrue(off(plain, scope, ahead, packedAhead) <= LAST_BIT);
            assertTrue(off(plain, scope, back, packedBack) <= LAST_BIT);
        }
    }

    @ParameterizedTest
    @CsvSource({"1, 8, 8", "3, 24, 7", "64, 576, 960", "33, 1536, 576", "5, 7, 3000"})
    void oneDnnsFloat32ProductsEqualPlainOnes(int rows, int in, int out) {
        try (NDManager scope = Torch.newScope()) {
            assumeTrue(
                    WeightPacking.isSupported(scope, ComputePrecision.FLOAT32),
                    "this machine's libtorch has no oneDNN");
            Script plain = script(scope, MatrixProducts.PLAIN);
            Script other = script(scope, MatrixProducts.ONEDNN);
            NDArray w = values(scope, out, in);
            NDArray x = values(scope, rows, in);
            NDArray y = values(scope, rows, out);
            for (String method : List.of("forward_product", "product")) {
                NDArray ahead = plain.tensor(scope, method, x, w);
                assertTrue(off(plain, scope, ahead, other.tensor(scope, method, x, w)) <= LAST_BITS);
            }
            NDArray back = plain.tensor(scope, "backward_product", y, w);
            assertTrue(off(plain, scope, back, other.tensor(scope, "backward_product", y, w)) <= LAST_BITS);
            NDArray sum = other.tensor(scope, "add_product", y.duplicate(), x, w);
            assertTrue(off(plain, scope, plain.tensor(scope, "add_product", y, x, w), sum) <= LAST_BITS);
        }
    }

    @ParameterizedTest
    @CsvSource({"1, 8, 8", "1, 576, 960", "8, 1536, 576", "55, 7, 3000"})
    void packedFloat32ProductsEqualPlainOnes(int rows, int in, int out) {
        try (NDManager scope = Torch.newScope()) {
            assumeTrue(
                    WeightPacking.isSupported(scope, ComputePrecision.FLOAT32), "this machine's libtorch cannot pack");
            MatrixProducts decoding = MatrixProducts.decoding(scope, ComputePrecision.FLOAT32);
            assertEquals(MatrixProducts.PACKED, decoding);
            Script plain = script(scope, MatrixProducts.PLAIN);
            NDArray w = values(scope, out, in);
            NDArray x = values(scope, rows, in);
            NDArray packed = new WeightPacking(scope).forward(w);
            NDArray ahead = plain.tensor(scope, "forward_product", x, w);
            NDArray other = script(scope, decoding).tensor(scope, "forward_product", x, packed);
            assertTrue(off(plain, scope, ahead, other) <= LAST_BITS);
        }
    }

    @Test
    void theFastestProductsAreTakenWhereTheyExist() {
        try (NDManager scope = Torch.newScope()) {
            boolean can = WeightPacking.isSupported(scope, ComputePrecision.FLOAT32);
            assertEquals(MatrixProducts.PLAIN, MatrixProducts.float32(scope, false));
            assertEquals(can ? MatrixProducts.ONEDNN : MatrixProducts.PLAIN, MatrixProducts.float32(scope, true));
            assertEquals(
                    WeightPacking.isSupported(scope, ComputePrecision.BF16)
                            ? MatrixProducts.PACKED
                            : MatrixProducts.PLAIN,
                    MatrixProducts.frozen(scope, ComputePrecision.BF16));
            assertEquals(MatrixProducts.ROUNDED, MatrixProducts.trained(scope, ComputePrecision.BF16));
        }
    }

    private static float off(Script script, NDManager scope, NDArray a, NDArray b) {
        return script.tensor(scope, "off", a, b).getFloat();
    }

    private static Script script(NDManager scope, MatrixProducts products) {
        String helpers = """
            def rounded(self, x: Tensor) -> Tensor:
                return torch.to(x, 15)

            def off(self, a: Tensor, b: Tensor) -> Tensor:
                a = torch.to(a, 6)
                return torch.max(torch.abs(torch.sub(a, torch.to(b, 6)))) / torch.max(torch.abs(a))
            """;
        return Script.load(scope, products.source().with(new ScriptSource("Products", helpers)));
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
