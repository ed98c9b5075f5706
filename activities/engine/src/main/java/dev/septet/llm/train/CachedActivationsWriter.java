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
    private final MicroBatchBudget budget;
    private final IntConsumer progress;
    private int done;

    private CachedActivationsWriter(
            NDManager scope, TrainableModel model, MicroBatchBudget budget, IntConsumer progress) {
        this.scope = scope;
        this.model = model;
        this.budget = budget;
        this.progress = progress;
    }

    /**
     * Computes the activations for all rows of the given datasets.
     *
     * @param plan one that {@link CachedActivations#usedBy}
     * @param progress receives the number of rows done
     * @throws dev.septet.llm.runtime.OutOfMemory when a micro-batch does not fit
     */
    public static void write(
            TrainingPlan plan,
            Path model,
            MicroBatchBudget budget,
            List<TokenDataset> sets,
            Path file,
            IntConsumer progress)
            throws IOException {
        compute(plan, model, budget, sets, file, progress);
        System.gc(); // mapped weights count as this process's memory until their buffers are collected
    }

    private static void compute(
            TrainingPlan plan,
            Path model,
            MicroBatchBudget budget,
            List<TokenDataset> sets,
            Path file,
            IntConsumer progress)
            throws IOException {
        try (NDManager scope = Torch.newScope()) {
            TrainableModel frozen = TrainableModel.open(scope, plan, model);
            CachedActivationsWriter writer = new CachedActivationsWriter(scope, frozen, budget, progress);
            List<TensorSource> tensors = new ArrayList<>();
            for (TokenDataset set : sets) {
                DataCheck.require(set, plan.maxTokens());
                for (ActivationBlock block :
                        ActivationBlock.of(set, frozen.config().hiddenSize())) {
                    tensors.add(new TensorSource(
                            block.name(), ElementType.F32, block.shape(), out -> writer.writeTo(out, block)));
                }
            }
            SafetensorsWriter.write(file, Map.of(), tensors);
        }
    }

    /** Measured time per token of the training rows, from a few of them. */
    static double secondsPerToken(TrainingPlan plan, TrainingInputs inputs, MicroBatchBudget budget) {
        TokenDataset rows = inputs.train();
        try (NDManager scope = Torch.newScope()) {
            TrainableModel frozen = TrainableModel.open(scope, plan, inputs.model());
            CachedActivationsWriter writer = new CachedActivationsWriter(scope, frozen, budget, done -> {});
            int hiddenSize = frozen.config().hiddenSize();
            int sample = Math.min(rows.rows(), plan.examplesPerStep());
            ActivationBlock first = new ActivationBlock(rows, 0, sample, hiddenSize);
            writer.compute(first); // the first call also compiles
            long began = System.nanoTime();
            writer.compute(first);
            long tokens = IntStream.range(0, sample).mapToLong(rows::length).sum();
            return (System.nanoTime() - began) / 1e9 / tokens;
        }
    }

    private void writeTo(WritableByteChannel out, ActivationBlock block) throws IOException {
        ByteBuffer all = compute(block);
        while (all.hasRemaining()) {
            out.write(all);
        }
    }

    private ByteBuffer compute(ActivationBlock block) {
        ByteBuffer all = ByteBuffer.allocate(Math.toIntExact(block.shape().size() * Float.BYTES))
                .order(ByteOrder.LITTLE_ENDIAN);
        int[] rows = IntStream.range(block.from(), block.to()).toArray();
        for (List<Integer> micro : MicroBatches.of(rows, budget.tokens(), block.data()::length)) {
            List<Integer> numbers = micro.stream().map(at -> rows[at]).toList();
            compute(block, numbers, all);
            done += micro.size();
            progress.accept(done);
        }
        return all;
    }

    /** Computes rows of a block and writes each at its position. */
    private void compute(ActivationBlock block, List<Integer> rows, ByteBuffer all) {
        try (NDManager scratch = scope.newSubManager()) {
            TokenBatch batch = new SequenceLogProbabilities(scope, model)
                    .toBatch(
                            scratch,
                            rows.stream()
                                    .map(row -> new EpochRows.Place(block.data(), row))
                                    .toList());
            float[] states = ((FusedWeightProgram) model.program())
                    .hidden(scratch, batch)
                    .toFloatArray();
            int from = 0;
            for (int row : rows) {
                int size = (block.data().length(row) - 1) * block.hiddenSize();
                all.duplicate()
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .position((int) block.begin(row))
                        .asFloatBuffer()
                        .put(states, from, size);
                from += size;
            }
        }
    }
}
