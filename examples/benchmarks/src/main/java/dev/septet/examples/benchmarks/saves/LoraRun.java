package dev.septet.examples.benchmarks.saves;

import dev.septet.llm.method.Lora;
import dev.septet.llm.model.config.ComputePrecision;
import dev.septet.llm.model.config.LinearLayer;
import dev.septet.llm.model.config.ModelConfig;
import dev.septet.llm.optimizer.AdamW;
import dev.septet.llm.optimizer.LearningRate;
import dev.septet.llm.runtime.CounterRandom;
import dev.septet.llm.train.Trainer;
import dev.septet.llm.train.data.TokenDataset;
import dev.septet.llm.train.data.TokenDatasetWriter;
import dev.septet.llm.train.plan.TrainingPlan;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A training with LoRA of rank 16 on all linear layers, in bf16 or, where there is no bf16, in
 * float32. Each step has 4 rows of 256 random tokens.
 */
final class LoraRun {
    private static final int ROWS = 4;
    private static final int LENGTH = 257; // 256 tokens are computed, each to predict the next
    private static final int RANK = 16;
    private static final int STEPS = 100_000;

    private LoraRun() {}

    static Trainer open(Path model, Path folder) throws IOException {
        Path rows = folder.resolve("rows.safetensors");
        TokenDatasetWriter.write(rows, rows(ModelConfig.read(model).vocabularySize()));
        List<String> all =
                Arrays.stream(LinearLayer.values()).map(LinearLayer::module).toList();
        LearningRate rate = new LearningRate(LearningRate.Shape.CONSTANT, 1e-4, 0);
        TrainingPlan plan = new TrainingPlan(
                new Lora(RANK, 2 * RANK, 0, all),
                ComputePrecision.BF16.orSupported(),
                1,
                ROWS,
                1,
                STEPS,
                AdamW.DEFAULT,
                rate,
                1,
                Set.of(),
                LENGTH);
        return Trainer.open(plan, model, TokenDataset.open(rows), Optional.empty());
    }

    private static List<TokenDataset.Row> rows(int vocabulary) {
        CounterRandom random = CounterRandom.stream(1, "checkpoints");
        List<TokenDataset.Row> rows = new ArrayList<>();
        for (int row = 0; row < 4 * ROWS; row++) {
            int[] tokens = new int[LENGTH];
            byte[] mask = new byte[LENGTH];
            Arrays.fill(mask, (byte) 1);
            for (int t = 0; t < LENGTH; t++) {
                tokens[t] = random.below(vocabulary, (long) row * LENGTH + t);
            }
            rows.add(new TokenDataset.Row(tokens, mask));
        }
        return rows;
    }
}
