package dev.septet.llm.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.septet.llm.format.FormatProblem;
import dev.septet.llm.format.Safetensors;
import dev.septet.llm.format.StoredTensor;
import dev.septet.llm.method.Partial;
import dev.septet.llm.model.config.ModelConfig;
import dev.septet.llm.model.program.FusedWeightProgram;
import dev.septet.llm.train.data.ActivationBlock;
import dev.septet.llm.train.data.EpochRows;
import dev.septet.llm.train.plan.TrainingPlan;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Cached activations: the input of the first trained block for every token of every row. Frozen
 * layers produce the same activations in every epoch, so they are computed once per row. A step
 * then runs only the trained blocks, and the frozen blocks below need not be loaded.
 *
 * @see CachedActivationsWriter on the file
 */
public final class CachedActivations {
    private final Optional<Safetensors> tensors;
    private ByteBuffer buffer = ByteBuffer.allocateDirect(0);

    private CachedActivations(Optional<Safetensors> tensors) {
        this.tensors = tensors;
    }

    /**
     * Whether a training with this plan uses cached activations. The plan must allow it, the
     * program must support it, and there must be frozen blocks below the first trained one.
     */
    public static boolean usedBy(TrainingPlan plan, ModelConfig config) {
        return plan.cacheFrozen()
                && plan.method() instanceof Partial
                && !plan.objective().compares()
                && TrainableModel.trainsWeights(plan, config)
                && FusedWeightProgram.first(config, plan.trained(config)) > 0;
    }

    /** Size of the cached activations on disk, in bytes. */
    public static long bytes(ModelConfig config, long tokens) {
        return tokens * config.hiddenSize() * Float.BYTES;
    }

    /**
     * Opens a file that {@link CachedActivationsWriter} wrote.
     *
     * @throws FormatProblem when the file is missing or damaged
     */
    public static CachedActivations open(Path file) {
        return new CachedActivations(Optional.of(Safetensors.open(file)));
    }

    /** Activations that are all 0, for measurements: steps take as long as with computed ones. */
    public static CachedActivations zero() {
        return new CachedActivations(Optional.empty());
    }

    /**
     * The activations of the given rows, concatenated without each row's last token.
     *
     * @return (N, D) float32 in a buffer that the next call reuses
     * @throws FormatProblem when they were computed for other rows
     */
    NDArray of(NDManager scope, List<EpochRows.Place> rows, int hiddenSize) {
        int tokens = rows.stream().mapToInt(row -> row.length() - 1).sum();
        int size = Math.multiplyExact(tokens, hiddenSize * Float.BYTES);
        if (buffer.capacity() < size) {
            buffer = ByteBuffer.allocateDirect(size).order(ByteOrder.LITTLE_ENDIAN);
        }
        int end = 0;
        for (EpochRows.Place row : rows) {
            int begin = end;
            end += (row.length() - 1) * hiddenSize * Float.BYTES;
            buffer.clear().limit(end).position(begin);
            tensors.ifPresent(file -> read(file, row, hiddenSize));
        }
        return scope.create(buffer.clear().limit(end), new Shape(tokens, hiddenSize), DataType.FLOAT32);
    }

    private void read(Safetensors file, EpochRows.Place row, int hiddenSize) {
        ActivationBlock block = ActivationBlock.with(row.data(), row.row(), hiddenSize);
        StoredTensor tensor = file.tensor(block.name());
        if (!tensor.shape().equals(block.shape())) {
            throw new FormatProblem(
                    file.file(),
                    "was computed for other rows than " + row.data().file() + "; compute it again");
        }
        tensor.read(buffer, block.begin(row.row()));
    }
}
