package dev.septet.examples.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.septet.llm.format.ElementType;
import dev.septet.llm.method.Dora;
import dev.septet.llm.method.Lora;
import dev.septet.llm.method.Method;
import dev.septet.llm.model.config.ComputePrecision;
import dev.septet.llm.model.config.ModelConfig;
import dev.septet.llm.model.program.LanguageModel;
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
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Adapters that we train and write give the same logits in the real peft as here. */
@Tag("long")
class PeftAdaptersIT {
    private static final double RELATIVE = 2e-4;
    private static final List<String> TARGETS = List.of("q_proj", "v_proj", "o_proj", "down_proj");
    private static final int VOCABULARY = 96;
    private static final int STEPS = 20;

    @TempDir
    private Path folder = Path.of("");

    static List<Method> methods() {
        return List.of(new Dora(new Lora(4, 8, 0, TARGETS)), new Lora(4, 8, 0, TARGETS, true, 1));
    }

    @ParameterizedTest
    @MethodSource("methods")
    void giveTheSameLogitsInPeft(Method method) throws Exception {
        Path base = base();
        Path adapter = trained(method, base);
        int[] prompt = row(3).tokens();
        double[] theirs = Peft.lastLogits(base, adapter, List.of(prompt)).get(0);
        float[] ours = lastLogits(base, Optional.of(adapter), prompt);
        float[] untrained = lastLogits(base, Optional.empty(), prompt);
        assertThat(ours).hasSameSizeAs(theirs);
        double scale = 0;
        double learned = 0;
        for (int token = 0; token < ours.length; token++) {
            scale = Math.max(scale, Math.abs(theirs[token]));
            learned = Math.max(learned, Math.abs(ours[token] - untrained[token]));
        }
        assertThat(learned).as("an adapter that changes nothing shows nothing").isGreaterThan(0.1);
        for (int token = 0; token < ours.length; token++) {
            assertThat((double) ours[token])
                    .as("%s, token %d", method, token)
                    .isCloseTo(theirs[token], within(RELATIVE * scale));
        }
    }

    private Path base() throws IOException {
        ModelConfig config = new ModelConfig(32, 2, 4, 2, 8, 64, VOCABULARY, 64, 1e-5, 10_000, null, true);
        Path base = folder.resolve("base");
        RandomInitModel.write(base, config, ElementType.F32, 3);
        Files.writeString(base.resolve("tokenizer.json"), "{}");
        return base;
    }

    private Path trained(Method method, Path base) throws IOException {
        Path rows = folder.resolve("rows.safetensors");
        TokenDatasetWriter.write(rows, List.of(row(1), row(2), row(3), row(4)));
        TrainingPlan plan = new TrainingPlan(
                method,
                ComputePrecision.FLOAT32,
                7,
                4,
                1,
                STEPS,
                AdamW.DEFAULT,
                new LearningRate(LearningRate.Shape.CONSTANT, 3e-2, 0),
                1,
                Set.of(),
                64);
        Path adapter = folder.resolve("adapter");
        TokenDataset data = TokenDataset.open(rows);
        try (Trainer trainer = Trainer.open(plan, base, data, Optional.empty())) {
            while (!trainer.finished()) {
                trainer.step();
            }
            trainer.exportTo(adapter, "base");
        }
        return adapter;
    }

    private static TokenDataset.Row row(int stride) {
        int[] tokens = new int[12];
        Arrays.setAll(tokens, i -> (5 + stride * i) % VOCABULARY);
        byte[] mask = new byte[tokens.length];
        Arrays.fill(mask, 1, mask.length, (byte) 1);
        return new TokenDataset.Row(tokens, mask);
    }

    private static float[] lastLogits(Path base, Optional<Path> adapter, int[] prompt) {
        try (LanguageModel model = LanguageModel.open(base, ComputePrecision.FLOAT32, adapter)) {
            float[][] logits = model.logits(prompt);
            return logits[logits.length - 1];
        }
    }
}
