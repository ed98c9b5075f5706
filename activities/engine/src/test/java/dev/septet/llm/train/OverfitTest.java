package dev.septet.llm.train;

import static org.assertj.core.api.Assertions.assertThat;

import dev.septet.llm.format.ElementType;
import dev.septet.llm.method.Full;
import dev.septet.llm.method.Lora;
import dev.septet.llm.method.Method;
import dev.septet.llm.model.config.ComputePrecision;
import dev.septet.llm.model.config.LinearLayer;
import dev.septet.llm.model.config.ModelConfig;
import dev.septet.llm.model.weights.RandomInitModel;
import dev.septet.llm.optimizer.AdamW;
import dev.septet.llm.train.data.TokenDataset;
import dev.septet.llm.train.plan.TrainingPlan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Tiny models learn 16 rows by heart: a fresh one in full; an adapter on a model that learnt other
 * rows before (a random frozen output matrix could not tell tokens apart).
 */
@Tag("long")
class OverfitTest {
    private static final Lora EVERYWHERE = new Lora(
            16,
            32,
            0,
            Arrays.stream(LinearLayer.values()).map(LinearLayer::module).toList());

    @TempDir
    Path temporary;

    static List<Arguments> methods() {
        return List.of(
                Arguments.of(new Full(), ComputePrecision.FLOAT32, 3e-3),
                Arguments.of(new Full(), ComputePrecision.BF16, 3e-3),
                Arguments.of(EVERYWHERE, ComputePrecision.FLOAT32, 1e-2),
                Arguments.of(EVERYWHERE, ComputePrecision.BF16, 1e-2));
    }

    @ParameterizedTest
    @MethodSource("methods")
    void lossFallsByNineTenths(Method method, ComputePrecision precision, double rate) throws IOException {
        Path model = method instanceof Lora ? pretrained() : fresh();
        TokenDataset data = Plans.counting(temporary, 16, 11);
        TrainingPlan plan = Plans.of(method)
                .with(precision)
                .with(AdamW.DEFAULT, Plans.constant(rate))
                .batches(16, 1)
                .steps(120)
                .plan();
        try (Trainer trainer = Trainer.open(plan, model, data, Optional.empty())) {
            double before = trainer.loss(data);
            while (!trainer.finished()) {
                trainer.step();
            }
            assertThat(trainer.loss(data)).isLessThan(before / 10);
        }
    }

    private Path pretrained() throws IOException {
        Path folder = Files.createDirectory(temporary.resolve("pretrained"));
        TokenDataset other = Plans.counting(temporary, 64, 7);
        TrainingPlan plan = Plans.of(new Full())
                .with(AdamW.DEFAULT, Plans.constant(3e-3))
                .batches(16, 1)
                .steps(160)
                .plan();
        try (Trainer trainer = Trainer.open(plan, fresh(), other, Optional.empty())) {
            while (!trainer.finished()) {
                trainer.step();
            }
            trainer.exportTo(folder, "fresh");
        }
        return folder;
    }

    private Path fresh() throws IOException {
        ModelConfig config = new ModelConfig(64, 2, 4, 2, 16, 128, 96, 64, 1e-5, 10_000, null, false);
        RandomInitModel.write(temporary, config, ElementType.F32, 3);
        Files.writeString(temporary.resolve("tokenizer.json"), "{}");
        return temporary;
    }
}
