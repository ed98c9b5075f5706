package dev.septet.llm.format;

import dev.septet.llm.quantize.HalfFloats;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Decodes and encodes float32 arrays in the element types of model files. */
public final class FloatCodec {
    private FloatCodec() {}

    /**
     * Decodes a little-endian buffer of type F32, F16, BF16 or F64 (rounded), from its position to
     * its limit.
     *
     * @throws IllegalArgumentException when the type is not a floating-point type
     */
    public static float[] decode(ElementType type, ByteBuffer bytes) {
        ByteBuffer in = bytes.slice().order(ByteOrder.LITTLE_ENDIAN);
        float[] out = new float[in.remaining() / type.bytes()];
        switch (type) {
            case F32 -> in.asFloatBuffer().get(out);
            case F16 -> {
                for (int i = 0; i < out.length; i++) {
                    out[i] = HalfFloats.fromF16(in.getShort(2 * i));
                }
            }
            case BF16 -> {
                for (int i = 0; i < out.length; i++) {
                    out[i] = HalfFloats.fromBf16(in.getShort(2 * i));
                }
            }
            case F64 -> {
                for (int i = 0; i < out.length; i++) {
                    out[i] = (float) in.getDouble(8 * i);
                }
            }
            default -> throw new IllegalArgumentException(type + " is not a floating-point type");
        }
        return out;
    }

    /** Encodes the values into a new little-endian buffer of type F32, F16 or BF16, ready to be read. */
    public static ByteBuffer encode(ElementType type, float[] values) {
        ByteBuffer out = ByteBuffer.allocate(Math.multiplyExact(values.length, type.bytes()));
        out.order(ByteOrder.LITTLE_ENDIAN);
        switch (type) {
            case F32 -> out.asFloatBuffer().put(values);
            case F16 -> {
                for (int i = 0; i < values.length; i++) {
                    out.putShort(2 * i, HalfFloats.toF16(values[i]));
                }
            }
            case BF16 -> {
                for (int i = 0; i < values.length; i++) {
                    out.putShort(2 * i, HalfFloats.toBf16(values[i]));
                }
            }
            default -> throw new IllegalArgumentException("cannot write float32 values as " + type);
        }
        return out;
    }
}
