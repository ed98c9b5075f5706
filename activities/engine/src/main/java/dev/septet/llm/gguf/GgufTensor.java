package dev.septet.llm.gguf;

import ai.djl.ndarray.types.Shape;
import dev.septet.llm.quantize.GgmlType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * A tensor of a GGUF file.
 *
 * @param name name in llama.cpp, such as {@code blk.0.attn_q.weight}
 * @param shape row-major: a matrix of a linear layer is (out, in); the file itself has the reverse
 *     order
 * @param bytes read-only little-endian view of the tensor's blocks in the mapped file
 */
public record GgufTensor(String name, GgmlType type, Shape shape, ByteBuffer bytes) {

    public GgufTensor {
        bytes = bytes.asReadOnlyBuffer().order(ByteOrder.LITTLE_ENDIAN);
    }

    /** A new view, so that readers never share a position. */
    @Override
    public ByteBuffer bytes() {
        return bytes.asReadOnlyBuffer().order(ByteOrder.LITTLE_ENDIAN);
    }

    /** The dequantized values as float32. */
    public float[] floats() {
        return type.decode(bytes());
    }
}
