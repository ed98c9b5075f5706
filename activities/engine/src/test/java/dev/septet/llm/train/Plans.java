package dev.septet.llm.train;

import dev.septet.llm.method.Lora;
import dev.septet.llm.method.Method;
import dev.septet.llm.model.GoldenModel;
import dev.septet.llm.model.config.ComputePrecision;
import dev.septet.llm.optimizer.AdamW;
import dev.septet.llm.optimizer.LearningRate;
import dev.septet.llm.optimizer.OptimizerConfig;
import dev.septet.llm.train.data.TokenDataset;
import dev.septet.llm.train.data.TokenDatasetWriter;
import dev.septet.llm.train.plan.TrainingPlan;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Plans and data that tests share; each test changes the one thing it is about. */
public record Plans(
        Method method,
        ComputePrecision precision,
        int batchSize,
        int accumulate,
        int totalSteps,
        OptimizerConfig optimizer,
        LearningRate learningRate,
        Set<Integer> frozen) {

    public static final Lora LORA = new Lora(4, 8, 0, List.of("q_proj", "v_proj", "o_proj", "up_proj", "down_proj"));

    public static Plans of(Method method) {
        return new Plans(method, ComputePrecision.FLOAT32, 3, 1, 12, AdamW.DEFAULT, constant(1e-2), Set.of());
    }

    public static LearningRate constant(double rate) {
        return new LearningRate(LearningRate.Shape.CONSTANT, rate, 0);
    }

    Plans with(ComputePrecision value) {
        return new Plans(method, value, batchSize, accumulate, totalSteps, optimizer, learningRate, frozen);
    }

    public Plans with(OptimizerConfig value, LearningRate rate) {
        return new Plans(method, precision, batchSize, accumulate, totalSteps, value, rate, frozen);
    }

    Plans batches(int size, int count) {
        return new Plans(method, precision, size, count, totalSteps, optimizer, learningRate, frozen);
    }

    public Plans steps(int count) {
        return new Plans(method, precision, batchSize, accumulate, count, optimizer, learningRate, frozen);
    }

    Plans freezing(Integer... layers) {
        return new Plans(method, precision, batchSize, accumulate, totalSteps, optimizer, learningRate, Set.of(layers));
    }

    public TrainingPlan plan() {
        return new TrainingPlan(
                method, precision, 7, batchSize, accumulate, totalSteps, optimizer, learningRate, 0.5, frozen, 64);
    }

    /** The golden's rows as a dataset. */
    public static TokenDataset data(Path folder, GoldenModel golden) throws IOException {
        List<TokenDataset.Row> rows = new ArrayList<>();
        for (int i = 0; i < golden.rows().size(); i++) {
            rows.add(new TokenDataset.Row(golden.rows().get(i), golden.masks().get(i)));
        }
        return dataset(folder.resolve("golden.safetensors"), rows);
    }

    /** Rows of a simple rule, all but the first three tokens carrying loss. */
    public static TokenDataset counting(Path folder, int count, int stride) throws IOException {
        List<TokenDataset.Row> rows = new ArrayList<>();
        for (int row = 0; row < count; row++) {
            int[] tokens = new int[6 + row % 5];
            byte[] mask = new byte[tokens.length];
            for (int t = 0; t < tokens.length; t++) {
                tokens[t] = (row * stride + t * (3 + row % 4)) % 96;
                mask[t] = (byte) (t < 3 ? 0 : 1);
            }
            rows.add(new TokenDataset.Row(tokens, mask));
        }
        return dataset(folder.resolve("counting" + count + ".safetensors"), rows);
    }

    public static TokenDataset dataset(Path file, List<TokenDataset.Row> rows) throws IOException {
        TokenDatasetWriter.write(file, rows);
        return TokenDataset.open(file);
    }
}
