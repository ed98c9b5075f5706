package dev.septet.llm.quantize;

import java.nio.ByteBuffer;

/**
 * Encodes the blocks of 32 values that {@link SmallBlocks} decodes. Codes use the scale before it
 * is rounded to float16, as in ggml, so that equal values give equal bytes.
 */
final class SmallBlockEncoder {
    private static final int SIZE = 32;
    private static final int HALF = SIZE / 2;
    private static final int LARGEST_BYTE = 127;

    private SmallBlockEncoder() {}

    /** d = max |x| / 127; rounds half away from zero. */
    static void q8(float[] values, int from, ByteBuffer out, int at) {
        float d = Math.abs(extreme(values, from)) / LARGEST_BYTE;
        float inverse = inverse(d);
        out.putShort(at, HalfFloats.toF16(d));
        for (int i = 0; i < SIZE; i++) {
            float scaled = values[from + i] * inverse;
            // Adding 0.5 is exact in double, so a value just below a half is not rounded up.
            double code = Math.signum(scaled) * Math.floor(Math.abs((double) scaled) + 0.5);
            out.put(at + 2 + i, (byte) code);
        }
    }

    static void q4(float[] values, int from, ByteBuffer out, int at) {
        nibbles(symmetric(values, from, 8, out, at), out, at + 2);
    }

    static void q4WithOffset(float[] values, int from, ByteBuffer out, int at) {
        nibbles(offset(values, from, 15, out, at), out, at + 4);
    }

    static void q5(float[] values, int from, ByteBuffer out, int at) {
        int[] codes = symmetric(values, from, 16, out, at);
        fifthBits(codes, out, at + 2);
        nibbles(codes, out, at + 6);
    }

    static void q5WithOffset(float[] values, int from, ByteBuffer out, int at) {
        int[] codes = offset(values, from, 31, out, at);
        fifthBits(codes, out, at + 4);
        nibbles(codes, out, at + 8);
    }

    /**
     * Codes 0 to 2 middle - 1 for d (code - middle). The value of largest magnitude, with either
     * sign, gets code 0, because there is one more code below the middle than above it.
     */
    private static int[] symmetric(float[] values, int from, int middle, ByteBuffer out, int at) {
        float d = extreme(values, from) / -middle;
        float inverse = inverse(d);
        out.putShort(at, HalfFloats.toF16(d));
        int[] codes = new int[SIZE];
        for (int i = 0; i < SIZE; i++) {
            codes[i] = Math.min(2 * middle - 1, (int) (values[from + i] * inverse + (middle + 0.5f)));
        }
        return codes;
    }

    /** Codes 0 to {@code largest} for d code + m, where m is the smallest value. */
    private static int[] offset(float[] values, int from, int largest, ByteBuffer out, int at) {
        float min = values[from];
        float max = values[from];
        for (int i = 1; i < SIZE; i++) {
            min = Math.min(min, values[from + i]);
            max = Math.max(max, values[from + i]);
        }
        float d = (max - min) / largest;
        float inverse = inverse(d);
        out.putShort(at, HalfFloats.toF16(d));
        out.putShort(at + 2, HalfFloats.toF16(min));
        int[] codes = new int[SIZE];
        for (int i = 0; i < SIZE; i++) {
            codes[i] = Math.min(largest, (int) ((values[from + i] - min) * inverse + 0.5f));
        }
        return codes;
    }

    /** The value of largest magnitude, with its sign; the first among equals. */
    private static float extreme(float[] values, int from) {
        float extreme = 0;
        for (int i = from; i < from + SIZE; i++) {
            extreme = Math.abs(values[i]) > Math.abs(extreme) ? values[i] : extreme;
        }
        return extreme;
    }

    private static float inverse(float d) {
        return d == 0 ? 0 : 1 / d;
    }

    private static void nibbles(int[] codes, ByteBuffer out, int at) {
        for (int j = 0; j < HALF; j++) {
            out.put(at + j, (byte) ((codes[j] & 0xf) | ((codes[j + HALF] & 0xf) << 4)));
        }
    }

    private static void fifthBits(int[] codes, ByteBuffer out, int at) {
        int bits = 0;
        for (int i = 0; i < SIZE; i++) {
            bits |= (codes[i] >>> 4) << i;
        }
        out.putInt(at, bits);
    }
}
