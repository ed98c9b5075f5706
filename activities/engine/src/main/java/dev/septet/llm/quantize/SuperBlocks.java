package dev.septet.llm.quantize;

import java.nio.ByteBuffer;

/**
 * The K types: blocks of 256 values in groups of 16 or 32. Each group has a small integer scale,
 * and the block's float16 scale multiplies those. The layouts interleave values that are 32 apart,
 * so that a vector register loads one bit plane.
 */
final class SuperBlocks {
    private static final int SIZE = 256;

    private SuperBlocks() {}

    /** 16 scales and minima (4 bits each), 64 bytes of 2-bit values, d, dmin. */
    static void q2(ByteBuffer in, int at, float[] out, int to) {
        float d = SmallBlocks.half(in, at + 80);
        float dmin = SmallBlocks.half(in, at + 82);
        for (int i = 0; i < SIZE; i++) {
            int packed = in.get(at + i / 16) & 0xff;
            float scale = d * (packed & 0xf);
            float minimum = dmin * (packed >>> 4);
            out[to + i] = scale * twoBits(in, at + 16, i) - minimum;
        }
    }

    /** 32 bytes of third bits, 64 bytes of low 2 bits, 12 bytes of 6-bit scales, d. */
    static void q3(ByteBuffer in, int at, float[] out, int to) {
        float d = SmallBlocks.half(in, at + 108);
        for (int i = 0; i < SIZE; i++) {
            int third = (in.get(at + i % 32) >>> (i / 32)) & 1;
            int value = twoBits(in, at + 32, i) - (third == 1 ? 0 : 4);
            out[to + i] = d * (sixBitScale(in, at + 96, i / 16) - 32) * value;
        }
    }

    /** d, dmin, 12 bytes of 6-bit scales and minima, 128 bytes of 4-bit values. */
    static void q4(ByteBuffer in, int at, float[] out, int to) {
        float d = SmallBlocks.half(in, at);
        float dmin = SmallBlocks.half(in, at + 2);
        for (int i = 0; i < SIZE; i++) {
            float scale = d * scale(in, at + 4, i / 32);
            float minimum = dmin * minimum(in, at + 4, i / 32);
            out[to + i] = scale * nibble(in, at + 16, i) - minimum;
        }
    }

    /** As {@link #q4} with 32 bytes of fifth bits before the values. */
    static void q5(ByteBuffer in, int at, float[] out, int to) {
        float d = SmallBlocks.half(in, at);
        float dmin = SmallBlocks.half(in, at + 2);
        for (int i = 0; i < SIZE; i++) {
            float scale = d * scale(in, at + 4, i / 32);
            float minimum = dmin * minimum(in, at + 4, i / 32);
            int fifth = (in.get(at + 16 + i % 32) >>> (i / 32)) & 1;
            out[to + i] = scale * (nibble(in, at + 48, i) | (fifth << 4)) - minimum;
        }
    }

    /** 128 bytes of low 4 bits, 64 bytes of high 2 bits, 16 signed scales, d. */
    static void q6(ByteBuffer in, int at, float[] out, int to) {
        float d = SmallBlocks.half(in, at + 208);
        for (int i = 0; i < SIZE; i++) {
            int low = (in.get(at + i / 128 * 64 + i % 64) >>> (i % 128 / 64 * 4)) & 0xf;
            int value = (low | (twoBits(in, at + 128, i) << 4)) - 32;
            out[to + i] = d * in.get(at + 192 + i / 16) * value;
        }
    }

    /**
     * Each run of 32 bytes holds 128 values: plane p (bits 2p and 2p + 1) holds the values 32 p to
     * 32 p + 31.
     */
    private static int twoBits(ByteBuffer in, int at, int i) {
        return (in.get(at + i / 128 * 32 + i % 32) >>> (i % 128 / 32 * 2)) & 3;
    }

    /** Each run of 32 bytes holds 64 values: the first 32 in the low halves. */
    private static int nibble(ByteBuffer in, int at, int i) {
        return (in.get(at + i / 64 * 32 + i % 32) >>> (i % 64 / 32 * 4)) & 0xf;
    }

    /** Scale 0 to 15: low 4 bits in bytes 0 to 7, high 2 bits in bytes 8 to 11. */
    private static int sixBitScale(ByteBuffer in, int at, int group) {
        int low = (in.get(at + group % 8) >>> (group / 8 * 4)) & 0xf;
        int high = (in.get(at + 8 + group % 4) >>> (group / 4 * 2)) & 3;
        return low | (high << 4);
    }

    /**
     * Scale of group 0 to 7: the first four are plain in bytes 0 to 3, the others are split over
     * bytes 8 to 11 and 0 to 3.
     */
    private static int scale(ByteBuffer in, int at, int group) {
        if (group < 4) {
            return in.get(at + group) & 0x3f;
        }
        return (in.get(at + 4 + group) & 0xf) | ((in.get(at + group - 4) >>> 2) & 0x30);
    }

    /**
     * Minimum of group 0 to 7: stored as the scales are, in bytes 4 to 7 and the high halves of
     * bytes 8 to 11.
     */
    private static int minimum(ByteBuffer in, int at, int group) {
        if (group < 4) {
            return in.get(at + 4 + group) & 0x3f;
        }
        return ((in.get(at + 4 + group) >>> 4) & 0xf) | ((in.get(at + group) >>> 2) & 0x30);
    }
}
