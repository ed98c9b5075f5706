package dev.septet.llm.model.weights;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.septet.llm.format.ElementType;
import dev.septet.llm.format.StoredTensor;
import dev.septet.llm.model.config.ComputePrecision;
import dev.septet.llm.runtime.Script;
import dev.septet.llm.runtime.ScriptSource;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads mapped tensors of a file into the engine's tensors. */
final class TensorReader {
    /** Kernels are selected by alignment: unaligned inputs would give different last bits. */
    private static final int ALIGNMENT = 64;

    private static final int FLOAT32 = 6;

    /** Reused, because off-heap memory is freed late. */
    private static final ThreadLocal<ByteBuffer> BUFFER =
            ThreadLocal.withInitial(() -> ByteBuffer.allocateDirect(1 << 22));

    private final NDManager scope;
    private final ComputePrecision precision;
    private final Script script;
    private @Nullable Nf4 nf4;

    TensorReader(NDManager scope, ComputePrecision precision) {
        this.scope = scope;
        this.precision = precision;
        this.script = Script.load(scope, ScriptSource.read(TensorReader.class, "tensors.py", "Tensors", Map.of()));
    }

    /** Reads a float32 copy. */
    NDArray parameter(StoredTensor stored) {
        return read(stored, FLOAT32);
    }

    /**
     * Reads matrices in the precision and vectors (norms) in float32; without a copy if the file
     * has that type already.
     */
    NDArray frozen(StoredTensor stored) {
        int targetType = stored.shape().dimension() == 1 ? FLOAT32 : precision.type();
        boolean asStored = number(stored.type()) == targetType && targetType == FLOAT32;
        boolean mapped = asStored
                && stored.bytes().alignmentOffset(0, ALIGNMENT) == 0
                && !scope.getDevice().isGpu();
        return mapped ? scope.create(stored.bytes(), stored.shape(), DataType.FLOAT32) : read(stored, targetType);
    }

    /** Concatenates matrices or vectors by rows; the number format is that of {@link #frozen}. */
    NDArray joined(List<StoredTensor> parts) {
        return joined(scope, parts);
    }

    /** As {@link #joined(List)}, owned by another scope on the same device. */
    NDArray joined(NDManager owner, List<StoredTensor> parts) {
        long[] shape = parts.get(0).shape().getShape().clone();
        shape[0] = parts.stream().mapToLong(part -> part.shape().get(0)).sum();
        NDArray all = allocate(owner, shape, shape.length == 1 ? FLOAT32 : precision.type());
        long first = 0;
        for (StoredTensor part : parts) {
            fill(owner, all, first, part);
            first += part.shape().size();
        }
        return all;
    }

    /**
     * Reads a lookup table (embedding): as {@link #frozen}, but a 16-bit table keeps its type,
     * because float32 would double its size.
     */
    NDArray table(StoredTensor stored) {
        boolean narrow = stored.type() == ElementType.BF16 || stored.type() == ElementType.F16;
        return narrow && precision == ComputePrecision.FLOAT32 ? read(stored, number(stored.type())) : frozen(stored);
    }

    /**
     * Reads a matrix in 4 bits.
     *
     * @param squares mean squares of its inputs, if known
     */
    NDArray quantized(StoredTensor stored, @Nullable NDArray squares) {
        if (nf4 == null) {
            nf4 = new Nf4(scope);
        }
        try (NDManager temporary = scope.newSubManager()) {
            return nf4.quantized(read(temporary, stored, FLOAT32), squares);
        }
    }

    private NDArray read(StoredTensor stored, int targetType) {
        return read(scope, stored, targetType);
    }

    private NDArray read(NDManager owner, StoredTensor stored, int targetType) {
        NDArray all = allocate(owner, stored.shape().getShape(), targetType);
        fill(owner, all, 0, stored);
        return all;
    }

    private NDArray allocate(NDManager owner, long[] shape, int type) {
        try (NDManager temporary = owner.newSubManager()) {
            return script.tensor(owner, "room", temporary.create(0), shape, type);
        }
    }

    private void fill(NDManager owner, NDArray all, long start, StoredTensor stored) {
        stored.read(BUFFER.get(), (piece, first) -> {
            try (NDManager scratch = owner.newSubManager()) {
                Shape size = new Shape(piece.remaining());
                NDArray bytes = scratch.create(piece, size, DataType.UINT8);
                int type = number(stored.type());
                script.call(scratch, "fill", all, start + first, bytes, type);
            }
        });
    }

    /** libtorch's code of a file's element type. */
    private static int number(ElementType type) {
        return switch (type) {
            case F16 -> 5;
            case F32 -> FLOAT32;
            case F64 -> 7;
            case BF16 -> ComputePrecision.BF16.type();
            default -> throw new IllegalArgumentException(type + " is not a floating-point type");
        };
    }
}
