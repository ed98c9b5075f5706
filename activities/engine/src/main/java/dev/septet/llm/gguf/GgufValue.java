package dev.septet.llm.gguf;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A typed metadata value of a GGUF file.
 *
 * @param type type in the file
 * @param value Long for integers, Double for floats, Boolean, String, or for arrays a list of
 *     values of one type
 */
public record GgufValue(Type type, Object value) {

    /** Types by their numbers in the file; bytes is the size of one value, or its minimum size. */
    public enum Type {
        UINT8(0, 1),
        INT8(1, 1),
        UINT16(2, 2),
        INT16(3, 2),
        UINT32(4, 4),
        INT32(5, 4),
        FLOAT32(6, 4),
        BOOL(7, 1),
        STRING(8, 8),
        ARRAY(9, 12),
        UINT64(10, 8),
        INT64(11, 8),
        FLOAT64(12, 8);

        private final int id;
        private final int bytes;

        Type(int id, int bytes) {
            this.id = id;
            this.bytes = bytes;
        }

        int id() {
            return id;
        }

        int bytes() {
            return bytes;
        }

        static Optional<Type> of(int id) {
            return Stream.of(values()).filter(type -> type.id == id).findFirst();
        }
    }

    public static GgufValue uint32(long value) {
        return new GgufValue(Type.UINT32, value);
    }

    public static GgufValue float32(float value) {
        return new GgufValue(Type.FLOAT32, (double) value);
    }

    public static GgufValue bool(boolean value) {
        return new GgufValue(Type.BOOL, value);
    }

    public static GgufValue text(String value) {
        return new GgufValue(Type.STRING, value);
    }

    public static GgufValue texts(List<String> values) {
        return new GgufValue(Type.ARRAY, values.stream().map(GgufValue::text).toList());
    }

    public static GgufValue int32s(List<Integer> values) {
        return new GgufValue(
                Type.ARRAY,
                values.stream()
                        .map(value -> new GgufValue(Type.INT32, value.longValue()))
                        .toList());
    }

    public static GgufValue float32s(List<Float> values) {
        return new GgufValue(
                Type.ARRAY, values.stream().map(value -> float32(value)).toList());
    }

    /** The elements of an array; empty for any other value. */
    public List<GgufValue> elements() {
        return value instanceof List<?> list
                ? list.stream().map(GgufValue.class::cast).toList()
                : List.of();
    }
}
