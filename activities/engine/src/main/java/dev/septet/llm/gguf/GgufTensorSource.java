package dev.septet.llm.gguf;

import ai.djl.ndarray.types.Shape;
import dev.septet.llm.quantize.GgmlType;
import java.nio.ByteBuffer;
import java.util.function.Supplier;

/**
 * A tensor to be written to a GGUF file; its blocks are computed only when they are written.
 *
 * @param shape row-major; the writer reverses it for the format
 */
public record GgufTensorSource(String name, GgmlType type, Shape shape, Supplier<ByteBuffer> blocks) {

    /** Size in bytes. */
    public long size() {
        return type.bytes(shape.size());
    }
}
