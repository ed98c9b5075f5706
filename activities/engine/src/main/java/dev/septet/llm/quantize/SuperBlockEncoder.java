package dev.septet.llm.quantize;

import java.nio.ByteBuffer;

/**
 * Encodes the blocks of 256 values that {@link SuperBlocks} decodes. The scale of each group is
 * fitted separately. The scales are then quantized with the block's own float16 scale. Finally, the
 * values are rounded again with the scales as they will be decoded.
 */
final class SuperBlockEncoder {
    private static final int SIZE = 256;
    private static final int LARGEST_SCALE = 63;

    private SuperBlockEncoder() {}

    /** See {@link SuperBlocks#q4}. */
    static void q4(float[] values, int from, ByteBuffer out, int at) {
        byte[] codes = withMinima(values, from, OffsetFit.FOUR_BITS, out, at);
        nibbles(codes, out, at + 16);
    }

    /** See {@link SuperBlocks#q5}. */
    static void q5(float[] values, int from, ByteBuffer out, int at) {
        byte[] codes = withMinima(values, from, OffsetFit.FIVE_BITS, out, at);
        for (int i = 0; i < 32; i++) {
            int bits = 0;
            for (int group = 0; group < 8; group++) {
                bits |= (codes[group * 32 + i] >>> 4) << group;
            }
            out.put(at + 16 + i, (byte) bits);
        }
        nibbles(codes, out, at + 48);
    }

    /** See {@link SuperBlocks#q6}. */
    static void q6(float[] values, int from, ByteBuffer out, int at) {
        byte[] codes = new byte[SIZE];
        float[] scales = new float[SIZE / 16];
        float extreme = 0;
        for (int group = 0; group < scales.length; group++) {
            scales[group] = SymmetricFit.scale(values, from + group * 16, codes, group * 16);
            extreme = Math.abs(scales[group]) > Math.abs(extreme) ? scales[group] : extreme;
        }
        if (Math.abs(extreme) < SymmetricFit.NOTHING) {
            for (int i = 0; i < GgmlType.Q6_K.blockBytes(); i++) {
                out.put(at + i, (byte) 0);
            }
            return;
        }
        float inverse = -128 / extreme;
        short stored = HalfFloats.toF16(1 / inverse);
        float d = HalfFloats.fromF16(stored);
        for (int group = 0; group < scales.length; group++) {
            int scale = Math.min(127, nearest(inverse * scales[group]));
            out.put(at + 192 + group, (byte) scale);
            float step = d * scale;
            for (int i = group * 16; step != 0 && i < group * 16 + 16; i++) {
                codes[i] = (byte) (clamp(nearest(values[from + i] / step), -32, 31) + 32);
            }
        }
        out.putShort(at + 208, stored);
        sixBits(codes, out, at);
    }

    /**
     * Writes the scales, the minima, d and dmin of a block with eight groups; returns the values'
     * codes.
     */
    private static byte[] withMinima(float[] values, int from, OffsetFit search, ByteBuffer out, int at) {
        byte[] codes = new byte[SIZE];
        OffsetFit.Fit[] fits = new OffsetFit.Fit[8];
        float greatestScale = 0;
        float greatestMinimum = 0;
        for (int group = 0; group < fits.length; group++) {
            fits[group] = search.fit(values, from + group * 32, codes, group * 32);
            greatestScale = Math.max(greatestScale, fits[group].scale());
            greatestMinimum = Math.max(greatestMinimum, fits[group].minimum());
        }
        float perScale = greatestScale > 0 ? LARGEST_SCALE / greatestScale : 0;
        float perMinimum = greatestMinimum > 0 ? LARGEST_SCALE / greatestMinimum : 0;
        short d = HalfFloats.toF16(greatestScale / LARGEST_SCALE);
        short dmin = HalfFloats.toF16(greatestMinimum / LARGEST_SCALE);
        out.putShort(at, d).putShort(at + 2, dmin);
        int[] scales = new int[fits.length];
        int[] minima = new int[fits.length];
        for (int group = 0; group < fits.length; group++) {
            scales[group] = Math.min(LARGEST_SCALE, nearest(perScale * fits[group].scale()));
            minima[group] = Math.min(LARGEST_SCALE, nearest(perMinimum * fits[group].minimum()));
            float step = HalfFloats.fromF16(d) * scales[group];
            float minimum = HalfFloats.fromF16(dmin) * minima[group];
            for (int i = group * 32; step != 0 && i < group * 32 + 32; i++) {
                int code = nearest((values[from + i] + minimum) / step);
                codes[i] = (byte) clamp(code, 0, search.largest());
            }
        }
        sixBitPairs(scales, minima, out, at + 4);
        return codes;
    }

    /**
     * Writes twelve bytes: the first four scales and minima plain, the high bits of the others in
     * the spare bits.
     */
    private static void sixBitPairs(int[] scales, int[] minima, ByteBuffer out, int at) {
        for (int i = 0; i < 4; i++) {
            out.put(at + i, (byte) (scales[i] | (scales[i + 4] >>> 4) << 6));
            out.put(at + 4 + i, (byte) (minima[i] | (minima[i + 4] >>> 4) << 6));
            out.put(at + 8 + i, (byte) ((scales[i + 4] & 0xf) | (minima[i + 4] & 0xf) << 4));
        }
    }

    private static void nibbles(byte[] codes, ByteBuffer out, int at) {
        for (int i = 0; i < SIZE / 2; i++) {
            int low = i / 32 * 64 + i % 32;
            out.put(at + i, (byte) ((codes[low] & 0xf) | (codes[low + 32] & 0xf) << 4));
        }
    }

    private static void sixBits(byte[] codes, ByteBuffer out, int at) {
        for (int i = 0; i < SIZE / 2; i++) {
            int low = i / 64 * 128 + i % 64;
            out.put(at + i, (byte) ((codes[low] & 0xf) | (codes[low + 64] & 0xf) << 4));
        }
        for (int i = 0; i < SIZE / 4; i++) {
            int first = i / 32 * 128 + i % 32;
            int high = 0;
            for (int plane = 0; plane < 4; plane++) {
                high |= (codes[first + plane * 32] >>> 4) << (2 * plane);
            }
            out.put(at + 128 + i, (byte) high);
        }
    }

    /** Rounds to nearest, ties to even. */
    static int nearest(float value) {
        return (int) Math.rint(value);
    }

    static int clamp(int value, int min, int max) {
        return Math.max(min, Math.min(max, value));
    }
}
