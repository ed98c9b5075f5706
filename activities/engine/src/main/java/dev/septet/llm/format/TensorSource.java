package dev.septet.llm.format;

import ai.djl.ndarray.types.Shape;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.util.function.Supplier;

/**
 * A tensor to be written. Its bytes are computed only when they are written, so a writer holds one
 * tensor at a time.
 *
 * @param shape row-major
 * @param content writes exactly {@link #size()} little-endian bytes
 */
public record TensorSource(String name, ElementType type, Shape shape, Content content) {

    /** Writes the bytes of one tensor. */
    @FunctionalInterface
    public interface Content {
        void writeTo(WritableByteChannel out) throws IOException;
    }

    /** Float32 values that are computed on request and stored as {@code type} (F32, F16 or BF16). */
    public static TensorSource floats(String name, ElementType type, Shape shape, Supplier<float[]> values) {
        return new TensorSource(name, type, shape, out -> writeAll(out, FloatCodec.encode(type, values.get())));
    }

    /** Existing bytes, such as those of a mapped tensor. */
    public static TensorSource bytes(String name, ElementType type, Shape shape, ByteBuffer bytes) {
        return new TensorSource(name, type, shape, out -> writeAll(out, bytes.duplicate()));
    }

    /** A copy of a tensor of another file. */
    public static TensorSource of(StoredTensor tensor) {
        return bytes(tensor.name(), tensor.type(), tensor.shape(), tensor.bytes());
    }

    /** Size in bytes. */
    public long size() {
        return Math.multiplyExact(shape.size(), type.bytes());
    }

    private static void writeAll(WritableByteChannel out, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            out.write(bytes);
        }
    }
}
