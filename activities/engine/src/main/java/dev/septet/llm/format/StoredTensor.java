package dev.septet.llm.format;

import ai.djl.ndarray.types.Shape;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A named tensor in a mapped file. Nothing is copied. The mapping stays valid as long as any buffer
 * on it is reachable.
 *
 * @param name as in the file, such as {@code model.layers.0.self_attn.q_proj.weight}
 * @param type element type
 * @param shape row-major; a matrix of a linear layer is (out, in)
 * @param bytes read-only little-endian view of exactly this tensor; position 0, limit = its size
 * @param file the file that holds the tensor
 * @param begin offset of its first byte in the file
 */
public record StoredTensor(String name, ElementType type, Shape shape, ByteBuffer bytes, Path file, long begin) {
    /** Receives a part of a tensor's bytes. */
    public interface Piece {
        /**
         * @param bytes little-endian, whole elements, from position to limit; valid only during the
         *     call
         * @param first index of the first element
         */
        void take(ByteBuffer bytes, long first);
    }

    public StoredTensor {
        bytes = view(bytes);
    }

    /** A new view, so that readers never share a position. */
    @Override
    public ByteBuffer bytes() {
        return view(bytes);
    }

    /** Number of elements. */
    public long elements() {
        return bytes.limit() / type.bytes();
    }

    /**
     * Reads the bytes through a buffer. Bytes read through the mapping would stay in this process's
     * resident memory.
     *
     * @param buffer its capacity is a multiple of 8 bytes
     */
    public void read(ByteBuffer buffer, Piece piece) {
        for (long at = 0; at < bytes.limit(); at += buffer.capacity()) {
            buffer.clear().limit((int) Math.min(buffer.capacity(), bytes.limit() - at));
            read(buffer, at);
            piece.take(buffer, at / type.bytes());
        }
    }

    /**
     * Fills the remaining space of a buffer with bytes of the tensor, then flips the buffer.
     *
     * @param from offset of the first byte in the tensor
     */
    public void read(ByteBuffer into, long from) {
        Objects.checkFromIndexSize(from, into.remaining(), (long) bytes.limit());
        try (FileChannel channel = RegularFile.open(file)) {
            RegularFile.readFully(channel, into, begin + from, file);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file + ": " + e.getMessage(), e);
        }
    }

    /** A copy of the values as float32, only for floating-point tensors. */
    public float[] floats() {
        return FloatCodec.decode(type, bytes());
    }

    /** Tensors with the same name and content are equal, whatever their file. */
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof StoredTensor tensor
                && name.equals(tensor.name)
                && type == tensor.type
                && shape.equals(tensor.shape)
                && bytes().equals(tensor.bytes());
    }

    @Override
    public int hashCode() {
        return Objects.hash(name, type, shape, bytes());
    }

    private static ByteBuffer view(ByteBuffer buffer) {
        return buffer.asReadOnlyBuffer().position(0).order(ByteOrder.LITTLE_ENDIAN);
    }
}
