package dev.septet.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.septet.activities.train.MethodExtension;
import dev.septet.llm.format.ElementType;
import dev.septet.llm.format.ModelFolder;
import dev.septet.llm.format.PeftAdapter;
import dev.septet.llm.format.StoredTensor;
import dev.septet.llm.method.Method;
import dev.septet.llm.model.config.ComputePrecision;
import dev.septet.llm.model.config.ModelConfig;
import dev.septet.llm.model.weights.RandomInitModel;
import dev.septet.llm.optimizer.AdamW;
import dev.septet.llm.optimizer.LearningRate;
import dev.septet.llm.train.Trainer;
import dev.septet.llm.train.data.TokenDataset;
import dev.septet.llm.train.data.TokenDatasetWriter;
import dev.septet.llm.train.plan.TrainingPlan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What every fine-tuning method of a jar keeps, whatever it trains. The engine runs a tiny model. */
public abstract class MethodWordContract extends WordContract<MethodExtension> {
    private static final ModelConfig CONFIG = new ModelConfig(32, 4, 4, 2, 8, 64, 96, 64, 1e-5, 10_000, null, false);
    private static final int STEPS = 6;

    @TempDir
    private Path folder;

    private Path model = Path.of("");

    @BeforeEach
    void base() throws IOException {
        model = Files.createDirectories(folder.resolve("base"));
        RandomInitModel.write(model, CONFIG, ElementType.F32, 3);
        Files.writeString(model.resolve("tokenizer.json"), "{}");
    }

    private Method method() {
        return extension().method(used());
    }

    @Test
    void learns() throws IOException {
        try (Trainer trainer = open(Optional.empty())) {
            assertThat(trainer.trainableParameters()).isPositive();
            List<Double> losses = losses(trainer, STEPS);
            assertThat(losses.get(STEPS - 1)).isLessThan(losses.get(0));
        }
    }

    @Test
    void resumesToTheSameBits() throws IOException {
        List<Double> whole;
        try (Trainer trainer = open(Optional.empty())) {
            whole = losses(trainer, STEPS);
        }
        Path saved = Files.createDirectory(folder.resolve("saved"));
        List<Double> parts;
        try (Trainer trainer = open(Optional.empty())) {
            parts = losses(trainer, 2);
            trainer.save(saved);
        }
        try (Trainer trainer = open(Optional.of(saved))) {
            parts.addAll(losses(trainer, STEPS - 2));
        }
        assertThat(parts).isEqualTo(whole);
    }

    /** An adapter, or a whole model in which only what is said to be trained has changed. */
    @Test
    void exportsWhatItSays() throws IOException {
        Path export = folder.resolve("export");
        try (Trainer trainer = open(Optional.empty())) {
            losses(trainer, STEPS);
            trainer.exportTo(export, "base");
        }
        if (method().adapterConfig("base").isPresent()) {
            assertThat(PeftAdapter.open(export).config())
                    .isEqualTo(method().adapterConfig("base").get());
            return;
        }
        ModelFolder exported = ModelFolder.open(export);
        for (StoredTensor before : ModelFolder.open(model).tensors().values()) {
            boolean same = exported.tensor(before.name()).bytes().equals(before.bytes());
            assertThat(same)
                    .as("%s stays as it is", before.name())
                    .isEqualTo(!method().trains(before.name(), CONFIG, Set.of()));
        }
    }

    @Test
    void leavesFrozenLayersAsTheyAre() {
        for (StoredTensor tensor : ModelFolder.open(model).tensors().values()) {
            if (tensor.name().startsWith("model.layers.1.")) {
                assertThat(method().trains(tensor.name(), CONFIG, Set.of(1)))
                        .as(tensor.name())
                        .isFalse();
            }
        }
    }

    /** Every component is in the plan's digest, so that a checkpoint fits no other method. */
    @Test
    void namesAllThatItDoes() {
        assertThat(method()).isInstanceOf(Record.class).isEqualTo(method());
        assertThat(method().digestFields())
                .containsKey("type")
                .hasSizeGreaterThanOrEqualTo(1 + method().getClass().getRecordComponents().length);
    }

    private static List<Double> losses(Trainer trainer, int steps) {
        List<Double> losses = new ArrayList<>();
        for (int i = 0; i < steps; i++) {
            losses.add(trainer.step().loss());
        }
        return losses;
    }

    private Trainer open(Optional<Path> checkpoint) throws IOException {
        TrainingPlan plan = new TrainingPlan(
                method(),
                ComputePrecision.FLOAT32,
                7,
                3,
                1,
                STEPS,
                AdamW.DEFAULT,
                new LearningRate(LearningRate.Shape.CONSTANT, 1e-2, 0),
                0.5,
                Set.of(),
                64);
        return Trainer.open(plan, model, rows(), checkpoint);
    }

    private TokenDataset rows() throws IOException {
        List<TokenDataset.Row> rows = new ArrayList<>();
        for (int row = 0; row < 6; row++) {
            int[] tokens = new int[6 + row % 5];
            byte[] mask = new byte[tokens.length];
            for (int t = 0; t < tokens.length; t++) {
                tokens[t] = (row * 7 + t * (3 + row % 4)) % 96;
                mask[t] = (byte) (t < 2 ? 0 : 1);
            }
            rows.add(new TokenDataset.Row(tokens, mask));
        }
        Path file = folder.resolve("rows.safetensors");
        TokenDatasetWriter.write(file, rows);
        return TokenDataset.open(file);
    }
}
