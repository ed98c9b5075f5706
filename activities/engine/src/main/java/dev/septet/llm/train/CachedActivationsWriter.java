package dev.septet.llm.train;

import ai.djl.ndarray.NDManager;
import dev.septet.llm.format.ElementType;
import dev.septet.llm.format.SafetensorsWriter;
import dev.septet.llm.format.TensorSource;
import dev.septet.llm.model.program.FusedWeightProgram;
import dev.septet.llm.model.program.TokenBatch;
import dev.septet.llm.runtime.Torch;
import dev.septet.llm.train.data.ActivationBlock;
import dev.septet.llm.train.data.DataCheck;
import dev.septet.llm.train.data.EpochRows;
import dev.septet.llm.train.data.MicroBatches;
import dev.septet.llm.train.data.TokenDataset;
import dev.septet.llm.train.memory.MicroBatchBudget;
import dev.septet.llm.train.plan.TrainingPlan;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;

/**
 * Computes {@link CachedActivations} and writes them as a safetensors file with one F32 tensor
 * (tokens, D) per {@link ActivationBlock} of a dataset.
 */
public final class CachedActivationsWriter {
    private final NDManager scope;
    private final TrainableModel model;
    private final MicroBatchBudget atOnce;
    private final IntConsumer told;
    private int done;

    private CachedActivationsWriter(NDManager scope, TrainableModel model, MicroBatchBudget atOnce, IntConsumer told) {
        this.scope = scope;
        this.model = model;
        this.atOnce = atOnce;
        this.told = told;
    }

    /**
     * Computes the activations for all rows of the given datasets.
     *
     * @param plan one that {@link CachedActivations#serve}
     * @param told receives the number of rows done
     * @throws dev.septet.llm.runtime.OutOfMemory when a micro-batch does not fit
     */
    public static void write(
            TrainingPlan plan,
            Path model,
            MicroBatchBudget atOnce,
            List<TokenDataset> sets,
            Path file,
            IntConsumer told)
            throws IOException {
        compute(plan, model, atOnce, sets, file, told);
        System.gc(); // mapped weights count as this process's memory until their buffers are collected
    }

    private static void compute(
            TrainingPlan plan,
            Path model,
            MicroBatchBudget atOnce,
            List<TokenDataset> sets,
            Path file,
            IntConsumer told)
            throws IOException {
        try (NDManager scope = Torch.newScope()) {
            TrainableModel frozen = TrainableModel.open(scope, plan, model);
            CachedActivationsWriter writer = new CachedActivationsWriter(scope, frozen, atOnce, told);
            List<TensorSource> tensors = new ArrayList<>();
            for (TokenDataset set : sets) {
                DataCheck.require(set, plan.maxTokens());
                for (ActivationBlock stretch :
                        ActivationBlock.of(set, frozen.config().hiddenSize())) {
                    tensors.add(new TensorSource(
                            stretch.name(), ElementType.F32, stretch.shape(), out -> writer.writeTo(out, stretch)));
                }
            }
            SafetensorsWriter.write(file, Map.of(), tensors);
        }
    }

    /** Measured time per token of the training rows, from a few of them. */
    static double secondsPerToken(TrainingPlan plan, TrainingInputs inputs, MicroBatchBudget atOnce) {
        TokenDataset rows = inputs.train();
        try (NDManager scope = Torch.newScope()) {
            TrainableModel frozen = TrainableModel.open(scope, plan, inputs.model());
            CachedActivationsWriter writer = new CachedActivationsWriter(scope, frozen, atOnce, done -> {});
            int hiddenSize = frozen.config().hiddenSize();
            int some = Math.min(rows.rows(), plan.examplesPerStep());
            ActivationBlock first = new ActivationBlock(rows, 0, some, hiddenSize);
            writer.compute(first); // the first call also compiles
            long began = System.nanoTime();
            writer.compute(first);
            long tokens = IntStream.range(0, some).mapToLong(rows::length).sum();
            return (System.nanoTime() - began) / 1e9 / tokens;
        }
    }

    private void writeTo(WritableByteChannel out, ActivationBlock stretch) throws IOException {
        ByteBuffer all = compute(stretch);
        while (all.hasRemaining()) {
            out.write(all);
        }
    }

    private ByteBuffer compute(ActivationBlock stretch) {
        ByteBuffer all = ByteBuffer.allocate(Math.toIntExact(stretch.shape().size() * Float.BYTES))
                .order(ByteOrder.LITTLE_ENDIAN);
        int[] rows = IntStream.range(stretch.from(), stretch.to()).toArray();
        for (List<Integer> some : MicroBatches.of(rows, atOnce.tokens(), stretch.data()::length)) {
            List<Integer> numbers = some.stream().map(at -> rows[at]).toList();
            compute(stretch, numbers, all);
            done += some.size();
            told.accept(done);
        }
        return all;
    }

    /** Computes rows of a block and writes each at its position. */
    private void compute(ActivationBlock stretch, List<Integer> rows, ByteBuffer all) {
        try (NDManager scratch = scope.newSubManager()) {
            TokenBatch batch = new SequenceLogProbabilities(scope, model)
                    .layOut(
                            scratch,
                            rows.stream()
                                    .map(row -> new EpochRows.Place(stretch.data(), row))
                                    .toList());
            float[] states = ((FusedWeightProgram) model.program())
                    .hidden(scratch, batch)
                    .toFloatArray();
            int from = 0;
            for (int row : rows) {
                int size = (stretch.data().length(row) - 1) * stretch.hiddenSize();
                all.duplicate()
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .position((int) stretch.begin(row))
                        .asFloatBuffer()
                        .put(states, from, size);
                from += size;
            }
        }
    }
}
