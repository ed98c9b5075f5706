package dev.septet.llm.quantize;

import java.nio.ByteBuffer;

/** Encodes one block of values as a GGUF type, at the given positions. */
@FunctionalInterface
interface BlockEncoder {
    void encode(float[] values, int from, ByteBuffer out, int at);
}
