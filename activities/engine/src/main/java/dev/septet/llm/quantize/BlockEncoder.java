package dev.septet.llm.quantize;

import java.nio.ByteBuffer;

/** Rounds one block of values to a type of GGUF, at the given positions. */
@FunctionalInterface
interface BlockEncoder {
    void encode(float[] values, int from, ByteBuffer out, int at);
}
