package dev.septet.llm.format;

/** Element types of safetensors, by their names in the file header. All are little-endian. */
public enum ElementType {
    BOOL(1),
    U8(1),
    I8(1),
    I16(2),
    U16(2),
    F16(2),
    BF16(2),
    I32(4),
    U32(4),
    F32(4),
    F64(8),
    I64(8),
    U64(8);

    private final int bytes;

    ElementType(int bytes) {
        this.bytes = bytes;
    }

    /** Size of one element in bytes. */
    public int bytes() {
        return bytes;
    }

    /** Whether the values are floating-point numbers, so that {@link FloatCodec} can read them. */
    public boolean isFloat() {
        return this == F16 || this == BF16 || this == F32 || this == F64;
    }

    /** torch's name of a floating-point type in config.json, such as {@code bfloat16}. */
    public String torchName() {
        return switch (this) {
            case F16 -> "float16";
            case BF16 -> "bfloat16";
            case F32 -> "float32";
            case F64 -> "float64";
            default -> throw new IllegalArgumentException("no model computes in " + this);
        };
    }
}
