package dev.septet.llm.gguf;

import ai.djl.ndarray.types.Shape;
import dev.septet.llm.quantize.GgmlType;
import java.nio.ByteBuffer;
import java.util.function.Supplier;

/**
 * A tensor to be written to a GGUF file; its blocks are asked for only when it is its turn.
 *
 * @param shape row-major; the writer turns it round as the format wants it
 */
public record GgufTensorSource(String name, GgmlType type, Shape shape, Supplier<ByteBuffer> blocks) {

    /** Size in bytes. */
    public long size() {
        return type.bytes(shape.size());
    }
}
