package dev.septet.llm.quantize;

import java.nio.ByteBuffer;

/** Decodes one block of a quantized tensor to float32. */
@FunctionalInterface
interface BlockDecoder {
    /**
     * Reads the little-endian block at offset {@code at} and writes its values from index {@code
     * to} on.
     */
    void decode(ByteBuffer in, int at, float[] out, int to);
}
