package dev.septet.llm.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.septet.llm.format.AdapterMerge;
import dev.septet.llm.format.ElementType;
import dev.septet.llm.format.ModelFolder;
import dev.septet.llm.format.PeftAdapter;
import dev.septet.llm.method.Full;
import dev.septet.llm.method.Lora;
import dev.septet.llm.method.Method;
import dev.septet.llm.model.GoldenModel;
import dev.septet.llm.model.config.ComputePrecision;
import dev.septet.llm.model.config.Family;
import dev.septet.llm.model.config.LinearLayer;
import dev.septet.llm.model.config.ModelConfig;
import dev.septet.llm.model.program.LanguageModel;
import dev.septet.llm.optimizer.AdamW;
import dev.septet.llm.train.data.TokenDataset;
import dev.septet.llm.train.plan.TrainingPlan;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A model of every family learns, and what is exported of it scores as the trainer does. */
class FamilyTrainingTest {
    private static final Lora EVERYWHERE = new Lora(
            2,
            4,
            0,
            Arrays.stream(LinearLayer.values()).map(LinearLayer::module).toList());

    @TempDir
    Path temporary;

    @ParameterizedTest
    @EnumSource
    void learnsInFull(Family family) throws IOException {
        Path folder = temporary.resolve("full");
        Path base = golden(family).folder();
        double loss = trained(family, new Full(), folder);
        assertThat(ModelFolder.open(folder).tensors().keySet())
                .containsExactlyInAnyOrderElementsOf(
                        ModelFolder.open(base).tensors().keySet());
        // The file rounds to the base model's 16 bits.
        assertThat(loss(folder, Optional.empty(), family)).isCloseTo(loss, within(0.02));
    }

    @ParameterizedTest
    @EnumSource
    void learnsByAnAdapterThatMerges(Family family) throws IOException {
        Path folder = temporary.resolve("adapter");
        Path base = golden(family).folder();
        double loss = trained(family, EVERYWHERE, folder);
        ModelConfig config = ModelConfig.read(base);
        assertThat(PeftAdapter.open(folder).modules()).hasSize(config.layers() * (family == Family.MIXTRAL ? 4 : 7));
        assertThat(loss(base, Optional.of(folder), family)).isCloseTo(loss, within(1e-5));
        Path merged = temporary.resolve("merged");
        AdapterMerge.write(ModelFolder.open(base), PeftAdapter.open(folder), merged, ElementType.F32);
        assertThat(loss(merged, Optional.empty(), family)).isCloseTo(loss, within(1e-4));
    }

    /** The loss after ten steps, which is lower than before. */
    private double trained(Family family, Method method, Path export) throws IOException {
        GoldenModel golden = golden(family);
        TokenDataset data = Plans.data(temporary, golden);
        TrainingPlan plan = Plans.of(method)
                .with(AdamW.DEFAULT, Plans.constant(1e-2))
                .batches(2, 1)
                .steps(10)
                .plan();
        try (Trainer trainer = Trainer.open(plan, golden.folder(), data, Optional.empty())) {
            double before = trainer.loss(data);
            while (!trainer.finished()) {
                trainer.step();
            }
            double after = trainer.loss(data);
            assertThat(after).isLessThan(before - 0.3);
            trainer.exportTo(export, "base");
            return after;
        }
    }

    private static double loss(Path folder, Optional<Path> adapter, Family family) {
        GoldenModel golden = golden(family);
        double sum = 0;
        int count = 0;
        try (LanguageModel model = LanguageModel.open(folder, ComputePrecision.FLOAT32, adapter)) {
            List<float[]> scores = model.logProbabilities(golden.rows(), new int[] {1, 1, 1});
            for (int row = 0; row < scores.size(); row++) {
                byte[] mask = golden.masks().get(row);
                for (int t = 1; t < mask.length; t++) {
                    sum -= mask[t] * scores.get(row)[t - 1];
                    count += mask[t];
                }
            }
        }
        return sum / count;
    }

    private static GoldenModel golden(Family family) {
        return GoldenModel.family(family.name().toLowerCase(Locale.ROOT));
    }
}
