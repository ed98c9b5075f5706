package dev.septet.llm.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.jni.JniUtils;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;

class ScriptTest {
    private static final String SUMS = """
        def weigh(self, xs: List[Tensor], w: float, n: int) -> Tensor:
            total = torch.zeros_like(xs[0])
            for x in xs:
                total = total + x * w
            return total * n

        def both(self, x: Tensor) -> Tuple[Tensor, Tensor]:
            return (x + 1, x + 2)

        def square(self, x: Tensor) -> Tensor:
            y = torch.sum(x * x)
            y.backward()
            return y.detach()

        def fail(self, x: Tensor) -> Tensor:
            assert bool(torch.sum(x) < 0), "sum must be below 0"
            return x
        """;

    @Test
    void takesTensorsListsAndNumbers() {
        try (NDManager scope = Torch.newScope()) {
            Script script = Script.load(scope, new ScriptSource("Sums", SUMS));
            TensorList list =
                    TensorList.of(scope, List.of(scope.create(new float[] {1, 2}), scope.create(new float[] {10, 20})));
            assertThat(script.tensor(scope, "weigh", list, 0.5, 3).toFloatArray())
                    .containsExactly(16.5f, 33f);
            NDList both = script.call(scope, "both", scope.create(new float[] {1}));
            assertThat(both.get(1).toFloatArray()).containsExactly(3f);
            assertThatThrownBy(() -> script.call(scope, "both", "text"))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("not java.lang.String");
        }
    }

    @Test
    void gradientsAreOnOnlyWhereAskedFor() {
        try (NDManager scope = Torch.newScope()) {
            Script script = Script.load(scope, new ScriptSource("Sums", SUMS));
            NDArray x = Torch.floats(scope, new float[] {3, 4}, new Shape(2));
            x.setRequiresGradient(true);
            script.callWithGradients(scope, "square", x);
            assertThat(x.getGradient().toFloatArray()).containsExactly(6f, 8f);
            assertThatThrownBy(() -> script.call(scope, "square", x)).hasMessageContaining("does not require grad");
            assertThatThrownBy(() -> script.callWithGradients(scope, "fail", x))
                    .isInstanceOf(EngineException.class)
                    .hasMessageContaining("sum must be below 0");
            assertThat(JniUtils.isGradMode()).isFalse(); // also after a failure
        }
    }

    @Test
    void anyThreadMayCall() throws Exception {
        var executor = Executors.newSingleThreadExecutor();
        try (NDManager scope = Torch.newScope()) {
            Script script = Script.load(scope, new ScriptSource("Sums", SUMS));
            NDArray x = Torch.floats(scope, new float[] {3, 4}, new Shape(2));
            x.setRequiresGradient(true);
            CompletableFuture.runAsync(() -> script.callWithGradients(scope, "square", x), executor)
                    .get();
            assertThat(x.getGradient().toFloatArray()).containsExactly(6f, 8f);
        } finally {
            executor.shutdown();
        }
    }

    @Test
    void compileErrorsShowTheLine() {
        ScriptSource wrong =
                new ScriptSource("Wrong", "def f(self, x: Tensor) -> Tensor:\n    return torch.no_such(x)\n");
        try (NDManager scope = Torch.newScope()) {
            assertThatThrownBy(() -> Script.load(scope, wrong))
                    .isInstanceOf(EngineException.class)
                    .hasMessageContaining("torch.no_such(x)")
                    .hasMessageContaining("<--- HERE");
        }
    }

    @Test
    void anImpossibleAllocationIsOutOfMemory() {
        ScriptSource huge = new ScriptSource("Huge", """
            def f(self, x: Tensor) -> Tensor:
                return x.repeat([1000000, 1000000])
            """);
        try (NDManager scope = Torch.newScope()) {
            Script script = Script.load(scope, huge);
            NDArray x = scope.ones(new Shape(4, 4), DataType.FLOAT32);
            assertThatThrownBy(() -> script.call(scope, "f", x))
                    .isInstanceOf(OutOfMemory.class)
                    .hasMessageContaining("smaller batch");
            assertThat(script.tensor(scope, "f", scope.ones(new Shape(0, 1))).size())
                    .isZero();
        }
    }

    @Test
    void placeholdersWithoutAValueAreNamed() {
        assertThatThrownBy(() -> ScriptSource.read(ScriptTest.class, "hole.py", "Hole", Map.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("hole.py needs ${depth}, which has no value");
        assertThat(ScriptSource.read(ScriptTest.class, "hole.py", "Hole", Map.of("depth", "3"))
                        .module())
                .contains("def f(self: __torch__.Hole, x: Tensor) -> Tensor:")
                .contains("return x.to(6) * 3");
    }
}
