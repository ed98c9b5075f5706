package dev.septet.llm.format;

import ai.djl.ndarray.types.Shape;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * A named tensor whose bytes lie in a mapped file. Nothing is copied; the mapping lives as long as
 * any buffer on it.
 *
 * @param name as in the file, such as {@code model.layers.0.self_attn.q_proj.weight}
 * @param type element type
 * @param shape row-major; a matrix of a linear layer is (out, in)
 * @param bytes read-only little-endian view of exactly this tensor; position 0, limit = its size
 */
public record StoredTensor(String name, ElementType type, Shape shape, ByteBuffer bytes) {

    public StoredTensor {
        bytes = view(bytes);
    }

    /** A fresh view, so that readers never share a position. */
    @Override
    public ByteBuffer bytes() {
        return view(bytes);
    }

    /** Number of elements. */
    public long elements() {
        return bytes.limit() / type.bytes();
    }

    /** The values as float32, copied. Only for floating-point tensors. */
    public float[] floats() {
        return FloatCodec.decode(type, bytes());
    }

    private static ByteBuffer view(ByteBuffer buffer) {
        return buffer.asReadOnlyBuffer().position(0).order(ByteOrder.LITTLE_ENDIAN);
    }
}
