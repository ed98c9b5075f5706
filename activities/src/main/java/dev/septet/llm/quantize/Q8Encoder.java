package dev.septet.llm.quantize;

import java.nio.ByteBuffer;

/**
 * Eight-bit blocks: 32 signed bytes q and a float16 scale d = max |x| / 127, so that x is about d
 * q. Rounds half away from zero, and by the scale before it is rounded to float16, as ggml does.
 */
final class Q8Encoder {
    private static final int SIZE = 32;

    private Q8Encoder() {}

    static void encode(float[] values, ByteBuffer out) {
        for (int from = 0; from < values.length; from += SIZE) {
            float largest = 0;
            for (int i = from; i < from + SIZE; i++) {
                largest = Math.max(largest, Math.abs(values[i]));
            }
            float d = largest / 127;
            float inverse = d == 0 ? 0 : 1 / d;
            out.putShort(HalfFloats.toF16(d));
            for (int i = from; i < from + SIZE; i++) {
                float scaled = values[i] * inverse;
                // In double, 0.5 is added exactly, so that no neighbour of a half is rounded up.
                out.put((byte) (Math.signum(scaled) * Math.floor(Math.abs((double) scaled) + 0.5)));
            }
        }
    }
}
