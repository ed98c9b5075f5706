package dev.septet.llm.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.septet.llm.method.Full;
import dev.septet.llm.model.GoldenModel;
import dev.septet.llm.optimizer.AdamW;
import dev.septet.llm.optimizer.LearningRate;
import dev.septet.llm.optimizer.Sgd;
import dev.septet.llm.train.data.TokenDataset;
import dev.septet.llm.train.plan.TrainingPlan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Losses and gradient norms of several steps against torch, transformers and peft. */
class TrainerParityTest {
    @TempDir
    Path temporary;

    @ParameterizedTest
    @ValueSource(strings = {"tied", "untied"})
    void fullWithAdamWEqualsTorch(String name) throws IOException {
        Plans plans = Plans.of(new Full()).with(new AdamW(0.9, 0.99, 1e-8, 0.1), rate(1e-2));
        assertSteps(GoldenModel.open(name), "adamw", plans.steps(6).plan(), Optional.empty());
    }

    @ParameterizedTest
    @ValueSource(strings = {"tied", "untied"})
    void fullWithSgdEqualsTorch(String name) throws IOException {
        Plans plans = Plans.of(new Full()).with(new Sgd(0.9, 0.1), rate(5e-2));
        assertSteps(GoldenModel.open(name), "sgd", plans.steps(6).plan(), Optional.empty());
    }

    @ParameterizedTest
    @ValueSource(strings = {"tied", "untied"})
    void loraEqualsPeft(String name) throws IOException {
        GoldenModel golden = GoldenModel.open(name);
        LearningRate cosine = new LearningRate(LearningRate.Shape.COSINE, 1e-2, 2);
        TrainingPlan plan =
                Plans.of(Plans.LORA).with(AdamW.DEFAULT, cosine).steps(8).plan();
        assertSteps(golden, "lora", plan, Optional.of(start(golden, plan)));
    }

    private void assertSteps(GoldenModel golden, String name, TrainingPlan plan, Optional<Path> checkpoint)
            throws IOException {
        double[] losses = golden.numbers(name, "losses");
        double[] norms = golden.numbers(name, "norms");
        TokenDataset data = Plans.data(temporary, golden);
        try (Trainer trainer = Trainer.open(plan, golden.folder(), data, checkpoint)) {
            for (int step = 0; step < losses.length; step++) {
                StepMetrics metrics = trainer.step();
                assertThat(metrics.loss())
                        .as("loss of step %d", step)
                        .isCloseTo(losses[step], within(1e-4 * losses[step]));
                assertThat(metrics.gradientNorm())
                        .as("norm of step %d", step)
                        .isCloseTo(norms[step], within(1e-3 * norms[step]));
            }
            assertThat(trainer.finished()).isTrue();
        }
    }

    /** A checkpoint at step 0 whose adapter is the one that peft started from. */
    private Path start(GoldenModel golden, TrainingPlan plan) throws IOException {
        Path folder = Files.createDirectory(temporary.resolve("start"));
        TokenDataset data = Plans.data(temporary, golden);
        try (Trainer trainer = Trainer.open(plan, golden.folder(), data, Optional.empty())) {
            trainer.startFrom(golden.adapter());
            trainer.save(folder);
        }
        return folder;
    }

    private static LearningRate rate(double rate) {
        return Plans.constant(rate);
    }
}
