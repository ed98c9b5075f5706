package dev.septet.llm.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.septet.llm.method.Full;
import dev.septet.llm.method.Method;
import dev.septet.llm.model.GoldenModel;
import dev.septet.llm.model.program.AnswerPairs;
import dev.septet.llm.model.program.TokenBatch;
import dev.septet.llm.optimizer.Optimizer;
import dev.septet.llm.runtime.Torch;
import dev.septet.llm.train.data.TokenDataset;
import dev.septet.llm.train.memory.MicroBatchBudget;
import dev.septet.llm.train.plan.Objective;
import dev.septet.llm.train.plan.TrainingPlan;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Direct preference optimisation against the paper's formula in torch; see make_preference.py. */
class PreferenceParityTest {
    private static final double RELATIVE = 1e-4;
    private static final PreferenceGolden GOLDEN = PreferenceGolden.open();
    private static final GoldenModel BASE = GoldenModel.open("untied");

    @TempDir
    Path temporary;

    @ParameterizedTest
    @CsvSource({"lora, lora, false", "lora, autograd, true", "full, autograd, false"})
    void lossRewardsAndGradientsEqualTorch(String of, String program, boolean recompute) {
        try (NDManager scope = Torch.newScope()) {
            TrainableModel model = begun(scope, of, program);
            List<TokenDataset.Row> rows = GOLDEN.rows();
            TokenBatch batch = SequenceLogProbabilities.batch(scope, model.config(), rows);
            AnswerPairs pairs = new AnswerPairs(
                    rows.stream().mapToLong(PreferenceParityTest::answered).toArray(),
                    GOLDEN.numbers(of, "reference"),
                    GOLDEN.beta());
            NDArray noKeys = scope.create(new Shape(0), DataType.INT64);
            AnswerPairs.Judged judged =
                    model.program().backward(scope, batch, pairs, noKeys, rows.size() / 2.0, recompute);
            assertClose("loss", judged.loss() / (rows.size() / 2.0), GOLDEN.number(of, "loss"));
            assertThat(judged.rewards()).containsExactly(GOLDEN.numbers(of, "rewards"), within(1e-5));
            Map<String, float[]> expected = GOLDEN.gradients(of);
            Map<String, float[]> actual = Gradients.of(model.program());
            assertThat(actual.keySet()).isEqualTo(expected.keySet());
            expected.forEach((name, gradient) -> assertClose(name, Objects.requireNonNull(actual.get(name)), gradient));
        }
    }

    @Test
    void theStartIsAskedAsTheMethodHasIt() throws IOException {
        for (Method method : List.of(Plans.LORA, new Full())) {
            Path file = temporary.resolve("reference.safetensors");
            ReferenceLogProbabilities.compute(
                    plan(method), BASE.folder(), new MicroBatchBudget(20, false), List.of(data()), file, r -> {});
            assertThat(ReferenceLogProbabilities.open(file).of(data()))
                    .containsExactly(GOLDEN.numbers("lora", "reference"), within(1e-4));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"lora", "full"})
    void stepsEqualTorch(String of) throws IOException {
        TrainingPlan plan = plan(of.equals("lora") ? Plans.LORA : new Full());
        TrainingInputs inputs = new TrainingInputs(BASE.folder(), data())
                .with(Pairs.reference(temporary, data(), GOLDEN.numbers(of, "reference")));
        try (Trainer trainer = Trainer.open(plan, inputs, Optional.empty())) {
            if (of.equals("lora")) {
                trainer.startFrom(BASE.adapter());
            }
            double[] losses = GOLDEN.numbers(of + "Steps", "losses");
            for (int step = 0; step < losses.length; step++) {
                ObjectiveValue looked = trainer.measure(data());
                StepMetrics metrics = trainer.step();
                assertClose("loss", metrics.loss(), losses[step]);
                assertClose("look", looked.loss(), losses[step]);
                assertClose("norm", metrics.gradientNorm(), GOLDEN.numbers(of + "Steps", "norms")[step]);
                for (PreferenceScores preferred : List.of(
                        Objects.requireNonNull(metrics.preferred()), Objects.requireNonNull(looked.preferred()))) {
                    assertThat(preferred.accuracy()).isEqualTo(GOLDEN.numbers(of + "Steps", "accuracies")[step]);
                    assertThat(preferred.margin())
                            .isCloseTo(GOLDEN.numbers(of + "Steps", "margins")[step], within(1e-3));
                }
            }
        }
    }

    private static TrainableModel begun(NDManager scope, String of, String program) {
        TrainingPlan plan = plan(of.equals("lora") ? Plans.LORA : new Full());
        TrainableModel model = program.equals("lora")
                ? TrainableModel.open(scope, plan, BASE.folder())
                : TrainableModel.openWithAutograd(scope, plan, BASE.folder());
        assertThat(model.program().name()).isEqualTo(program);
        Optimizer optimizer =
                new Optimizer(scope, plan.optimizer(), model.program().leaves(), parameter -> new Optimizer.Rule(1, 0));
        if (of.equals("lora")) {
            AdapterStart.copy(BASE.adapter(), model, optimizer);
        }
        return model;
    }

    private static TrainingPlan plan(Method method) {
        return Plans.of(method).batches(4, 1).plan().with(new Objective.Dpo(GOLDEN.beta()));
    }

    private TokenDataset data() throws IOException {
        return Pairs.dataset(temporary.resolve("pairs.safetensors"), GOLDEN.rows());
    }

    private static long answered(TokenDataset.Row row) {
        long count = 0;
        for (byte mark : row.mask()) {
            count += mark;
        }
        return count;
    }

    private static void assertClose(String name, double actual, double expected) {
        assertThat(actual).as(name).isCloseTo(expected, within(RELATIVE * Math.abs(expected)));
    }

    /** Difference below 1e-4 of the largest element, everywhere. */
    private static void assertClose(String name, float[] actual, float[] expected) {
        double scale = 0;
        for (float value : expected) {
            scale = Math.max(scale, Math.abs(value));
        }
        assertThat(actual).as(name).containsExactly(expected, within((float) (RELATIVE * scale)));
    }
}
