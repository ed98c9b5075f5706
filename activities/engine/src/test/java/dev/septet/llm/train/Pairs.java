package dev.septet.llm.train;

import ai.djl.ndarray.types.Shape;
import dev.septet.llm.format.ElementType;
import dev.septet.llm.format.SafetensorsWriter;
import dev.septet.llm.format.TensorSource;
import dev.septet.llm.runtime.CounterRandom;
import dev.septet.llm.train.data.TokenDataset;
import dev.septet.llm.train.data.TokenDatasetWriter;
import dev.septet.llm.train.memory.MicroBatchBudget;
import dev.septet.llm.train.plan.TrainingPlan;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Datasets of pairs, and what a starting model says of them. */
final class Pairs {
    private Pairs() {}

    static TokenDataset dataset(Path file, List<TokenDataset.Row> rows) throws IOException {
        TokenDatasetWriter.write(file, 2, rows);
        return TokenDataset.open(file);
    }

    /**
     * Questions of 2 to 6 tokens; of two answers of 1 to 12 tokens each the one with even tokens is
     * chosen.
     */
    static List<TokenDataset.Row> evens(long seed, int count) {
        CounterRandom random = CounterRandom.stream(seed, "pairs");
        List<TokenDataset.Row> rows = new ArrayList<>();
        for (int pair = 0; pair < count; pair++) {
            CounterRandom own = random.at(pair);
            int asked = 2 + own.below(5, 0);
            for (int side = 0; side < 2; side++) {
                CounterRandom answer = own.at(side);
                int length = asked + 1 + answer.below(12, 0);
                int[] tokens = new int[length];
                byte[] mask = new byte[length];
                for (int t = 0; t < length; t++) {
                    boolean given = t < asked;
                    tokens[t] = given ? own.below(64, 1 + t) : 2 * answer.below(32, 1 + t) + side;
                    mask[t] = (byte) (given ? 0 : 1);
                }
                rows.add(new TokenDataset.Row(tokens, mask));
            }
        }
        return rows;
    }

    /** A file that says so of a dataset. */
    static Path reference(Path folder, TokenDataset set, double[] logs) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(Double.BYTES * logs.length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asDoubleBuffer().put(logs);
        String name = String.valueOf(set.file().getFileName()).replace(".safetensors", "");
        Path file = folder.resolve("reference.safetensors");
        SafetensorsWriter.write(
                file, Map.of(), List.of(TensorSource.bytes(name, ElementType.F64, new Shape(logs.length), bytes)));
        return file;
    }

    /** What a plan's training of these pairs reads. */
    static TrainingInputs inputs(TrainingPlan plan, Path model, TokenDataset train) throws IOException {
        Path file = Path.of(train.file().toString().replace(".safetensors", "-reference.safetensors"));
        ReferenceLogProbabilities.compute(plan, model, MicroBatchBudget.of(plan), List.of(train), file, rows -> {});
        return new TrainingInputs(model, train).with(file);
    }
}
