package dev.septet.llm.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.engine.Engine;
import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import com.sun.jna.NativeLibrary;
import dev.septet.llm.method.Full;
import dev.septet.llm.model.GoldenModel;
import dev.septet.llm.optimizer.Sgd;
import dev.septet.llm.runtime.OutOfMemory;
import dev.septet.llm.runtime.Script;
import dev.septet.llm.runtime.ScriptSource;
import dev.septet.llm.runtime.Torch;
import dev.septet.llm.train.Plans;
import dev.septet.llm.train.StepMetrics;
import dev.septet.llm.train.Trainer;
import dev.septet.llm.train.data.TokenDataset;
import dev.septet.llm.train.plan.TrainingPlan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Runs only on an {@link EmulatedCard}: it finds planted mistakes, and the engine sees the card. */
class EmulatedCardChecks {
    private static final long PLENTY = 1L << 40;
    private static final String DIFFERENT_DEVICES = "Expected all tensors to be on the same device";

    @TempDir
    private Path folder = Path.of("");

    @AfterEach
    void restoreTheMemory() {
        limit(PLENTY);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "return x + torch.zeros([2, 2], dtype=6, layout=None)",
                "return torch.mm(x, torch.ones([2, 2], dtype=6, layout=None))",
                "return torch.linear(x, torch.ones([2, 2], dtype=6, layout=None))",
                "return torch.cat([x, torch.ones([2, 2], dtype=6, layout=None)], 0)",
                "return torch.embedding(x, torch.zeros([2], dtype=4, layout=None))",
                "return torch.index_select(x, 0, torch.zeros([2], dtype=4, layout=None))",
                "return torch.index_add(x, 0, torch.zeros([2], dtype=4, layout=None), x)",
                "return torch.gather(x, 1, torch.zeros([2, 2], dtype=4, layout=None))",
                "return torch.baddbmm(torch.zeros([1, 2, 2], dtype=6, layout=None), x.unsqueeze(0), x.unsqueeze(0))"
            })
    void anOperatorRefusesATensorOfTheCpu(String line) {
        String source = "def planted(self, x: Tensor) -> Tensor:\n    " + line + "\n";
        try (NDManager scope = Torch.newScope()) {
            Script script = Script.load(scope, new ScriptSource("Planted", source));
            NDArray x = Torch.floats(scope, new float[] {1, 2, 3, 4}, new Shape(2, 2));
            assertThatThrownBy(() -> script.tensor(scope, "planted", x))
                    .isInstanceOf(EngineException.class)
                    .hasMessageContaining(DIFFERENT_DEVICES);
        }
    }

    @Test
    void aScriptRefusesAnArgumentThatJavaLeftOnTheCpu() {
        String source = "def product(self, x: Tensor, y: Tensor) -> Tensor:\n    return torch.mm(x, y)\n";
        try (NDManager scope = Torch.newScope();
                NDManager other = Engine.getInstance().newBaseManager(ai.djl.Device.cpu())) {
            Script script = Script.load(scope, new ScriptSource("Product", source));
            NDArray x = scope.ones(new Shape(2, 2));
            assertThat(script.tensor(scope, "product", x, x).toFloatArray()).containsOnly(2);
            assertThatThrownBy(() -> script.tensor(scope, "product", x, other.ones(new Shape(2, 2))))
                    .hasMessageContaining(DIFFERENT_DEVICES);
        }
    }

    @Test
    void scopesAndTensorsAreOnTheCard() {
        try (NDManager scope = Torch.newScope()) {
            assertThat(Torch.gpus()).isEqualTo(1);
            assertThat(Torch.floats(scope, new float[] {1}, new Shape(1))
                            .getDevice()
                            .isGpu())
                    .isTrue();
        }
    }

    @Test
    void memoryIsThatOfTheCard() {
        assertThat(Torch.cardMemory()).contains(new CardMemory(8L << 30, 6L << 30));
    }

    @Test
    void aFullCardIsOutOfMemoryAndTheRunMayContinue() throws IOException {
        limit(0);
        assertThatThrownBy(this::trainer).isInstanceOf(OutOfMemory.class);
        limit(PLENTY);
        try (Trainer trainer = trainer()) {
            double first = trainer.step().loss();
            limit(0);
            assertThatThrownBy(trainer::step)
                    .isInstanceOf(OutOfMemory.class)
                    .hasStackTraceContaining("CUDA out of memory");
            assertThatThrownBy(() -> trainer.loss(rows())).isInstanceOf(OutOfMemory.class);
            limit(PLENTY);
            assertThat(trainer.step().loss()).isLessThan(first);
        }
    }

    /** Matrices are updated before norms, which decay differently. */
    @Test
    void aStepIsNotRepeatedAfterAPartOfItsUpdate() throws IOException {
        Path checkpoint = Files.createDirectory(folder.resolve("checkpoint"));
        try (Trainer trainer = trainer()) {
            trainer.step();
            trainer.save(checkpoint);
            StepMetrics undisturbed = trainer.step();
            trainer.rollBackTo(checkpoint);

            fullAfter("aten::_fused_adamw_");
            assertThatThrownBy(trainer::step)
                    .isInstanceOfSatisfying(
                            OutOfMemory.class, e -> assertThat(e.isOfUpdate()).isTrue())
                    .hasStackTraceContaining("CUDA out of memory");
            limit(PLENTY);
            Path other = Files.createDirectory(folder.resolve("other"));
            assertThatThrownBy(trainer::step).hasMessageContaining("continue from a checkpoint");
            assertThatThrownBy(() -> trainer.save(other)).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(trainer::snapshot).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(() -> trainer.exportTo(other, "base")).isInstanceOf(IllegalStateException.class);

            trainer.rollBackTo(checkpoint);
            assertThat(trainer.step()).isEqualTo(undisturbed);
        }
    }

    @Test
    void anUpdateWithSgdNeedsNoMemory() throws IOException {
        try (Trainer trainer = trainer(Plans.of(new Full())
                .with(new Sgd(0.9, 0.01), Plans.constant(1e-2))
                .plan())) {
            trainer.step();
            // Clipping calls the first two, and the update of the first parameter the third.
            fullAfter("aten::reciprocal aten::_local_scalar_dense aten::add");
            trainer.step();
            assertThatThrownBy(trainer::step).as("the card is full").isInstanceOf(OutOfMemory.class);
        }
    }

    private Trainer trainer() throws IOException {
        return trainer(Plans.of(new Full()).plan());
    }

    private Trainer trainer(TrainingPlan plan) throws IOException {
        return Trainer.open(plan, GoldenModel.open("tied").folder(), rows(), Optional.empty());
    }

    private TokenDataset rows() throws IOException {
        return Plans.data(folder, GoldenModel.open("tied"));
    }

    /** What libtorch's switch demands of cuBLAS; see {@link dev.septet.llm.runtime}. */
    @Test
    void cublasHasFixedWorkspaces() {
        Torch.threads();
        String value = NativeLibrary.getInstance("c")
                .getFunction("getenv")
                .invokeString(new Object[] {"CUBLAS_WORKSPACE_CONFIG"}, false);
        assertThat(value).isEqualTo(":4096:8");
    }

    @Test
    void everyTensorOfATrainingIsOnTheCard() throws IOException {
        long before = used();
        try (Trainer trainer = trainer()) {
            trainer.step();
            assertThat(used() - before)
                    .as("every parameter is trained: itself, its gradient and two moments")
                    .isGreaterThanOrEqualTo(4 * Float.BYTES * trainer.trainableParameters());
        }
        assertThat(used()).as("nothing stays after the end").isEqualTo(before);
    }

    private static void limit(long bytes) {
        card().getFunction("septet_card_limit").invokeVoid(new Object[] {bytes});
    }

    private static void fullAfter(String operators) {
        card().getFunction("septet_card_full_after").invokeVoid(new Object[] {operators});
    }

    private static long used() {
        return card().getFunction("septet_card_used").invokeLong(new Object[0]);
    }

    private static NativeLibrary card() {
        return NativeLibrary.getInstance("card"); // in jna.library.path
    }
}
