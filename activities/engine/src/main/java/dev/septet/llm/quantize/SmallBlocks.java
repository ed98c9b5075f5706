package dev.septet.llm.quantize;

import java.nio.ByteBuffer;

/**
 * Blocks of 32 values with one scale d (float16) per block, some with an offset m: value = d q + m.
 * In the 4-bit and 5-bit types, byte j of 16 holds value j in its low half and value j + 16 in its
 * high half. The fifth bits of all values precede these bytes.
 */
final class SmallBlocks {
    private static final int HALF = 16;

    private SmallBlocks() {}

    static void q8(ByteBuffer in, int at, float[] out, int to) {
        float d = half(in, at);
        for (int j = 0; j < 2 * HALF; j++) {
            out[to + j] = d * in.get(at + 2 + j);
        }
    }

    static void q4(ByteBuffer in, int at, float[] out, int to) {
        float d = half(in, at);
        for (int j = 0; j < HALF; j++) {
            int pair = in.get(at + 2 + j) & 0xff;
            out[to + j] = d * ((pair & 0xf) - 8);
            out[to + HALF + j] = d * ((pair >>> 4) - 8);
        }
    }

    static void q4WithOffset(ByteBuffer in, int at, float[] out, int to) {
        float d = half(in, at);
        float m = half(in, at + 2);
        for (int j = 0; j < HALF; j++) {
            int pair = in.get(at + 4 + j) & 0xff;
            out[to + j] = d * (pair & 0xf) + m;
            out[to + HALF + j] = d * (pair >>> 4) + m;
        }
    }

    static void q5(ByteBuffer in, int at, float[] out, int to) {
        float d = half(in, at);
        int fifth = in.getInt(at + 2);
        for (int j = 0; j < HALF; j++) {
            int pair = in.get(at + 6 + j) & 0xff;
            out[to + j] = d * (((pair & 0xf) | bit(fifth, j)) - 16);
            out[to + HALF + j] = d * (((pair >>> 4) | bit(fifth, j + HALF)) - 16);
        }
    }

    static void q5WithOffset(ByteBuffer in, int at, float[] out, int to) {
        float d = half(in, at);
        float m = half(in, at + 2);
        int fifth = in.getInt(at + 4);
        for (int j = 0; j < HALF; j++) {
            int pair = in.get(at + 8 + j) & 0xff;
            out[to + j] = d * ((pair & 0xf) | bit(fifth, j)) + m;
            out[to + HALF + j] = d * ((pair >>> 4) | bit(fifth, j + HALF)) + m;
        }
    }

    static float half(ByteBuffer in, int at) {
        return HalfFloats.fromF16(in.getShort(at));
    }

    private static int bit(int bits, int index) {
        return ((bits >>> index) & 1) << 4;
    }
}
