package dev.septet.llm.quantize;

/**
 * Converts between float32 and the two 16-bit float types, rounding to nearest, ties to even (IEEE
 * 754).
 */
public final class HalfFloats {
    /** The smallest magnitude that rounds to infinity in float16; the largest finite float16 is 65504. */
    public static final float F16_OVERFLOW = 65520;

    private static final int F32_QUIET_BIT = 0x0040_0000;
    private static final float F16_SUBNORMAL_UNIT = 0x1p-24f;

    private HalfFloats() {}

    public static float fromBf16(short bits) {
        return Float.intBitsToFloat(bits << 16);
    }

    public static short toBf16(float value) {
        int bits = Float.floatToRawIntBits(value);
        if (Float.isNaN(value)) {
            return (short) ((bits | F32_QUIET_BIT) >>> 16);
        }
        int lowestKept = (bits >>> 16) & 1;
        return (short) ((bits + 0x7fff + lowestKept) >>> 16);
    }

    public static float fromF16(short half) {
        int sign = (half & 0x8000) << 16;
        int exponent = (half >>> 10) & 0x1f;
        int fraction = half & 0x3ff;
        if (exponent == 0x1f) {
            return Float.intBitsToFloat(sign | 0x7f80_0000 | (fraction << 13));
        }
        if (exponent == 0) {
            float magnitude = fraction * F16_SUBNORMAL_UNIT;
            return sign == 0 ? magnitude : -magnitude;
        }
        return Float.intBitsToFloat(sign | ((exponent + 112) << 23) | (fraction << 13));
    }

    public static short toF16(float value) {
        int bits = Float.floatToRawIntBits(value);
        int sign = (bits >>> 16) & 0x8000;
        int magnitude = bits & 0x7fff_ffff;
        if (magnitude > 0x7f80_0000) {
            return (short) (sign | 0x7e00 | ((magnitude >>> 13) & 0x1ff));
        }
        if (magnitude >= 0x4780_0000 - 0x1000) { // 65520 and above round to infinity
            return (short) (sign | 0x7c00);
        }
        if (magnitude < 0x3880_0000) { // below 2^-14: a multiple of 2^-24; rint rounds ties to even
            return (short) (sign | (int) Math.rint((double) Float.intBitsToFloat(magnitude) * 0x1p24));
        }
        int lowestKept = (magnitude >>> 13) & 1;
        return (short) (sign | ((magnitude - 0x3800_0000 + 0xfff + lowestKept) >>> 13));
    }
}
