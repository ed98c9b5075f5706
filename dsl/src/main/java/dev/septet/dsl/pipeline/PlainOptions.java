package dev.septet.dsl.pipeline;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Options under names that are not Septet's: those of a jar's word, or of an outside trainer. */
public final class PlainOptions {
    private PlainOptions() {}

    /**
     * The options in the order of their names, with one Java class for each kind of value: texts, booleans,
     * {@code Long} and {@code Double}. So equal options have equal digests.
     *
     * @throws IllegalArgumentException when a value is of another kind
     */
    public static Map<String, Object> canonical(@Nullable Map<String, Object> options) {
        SortedMap<String, Object> canonical = new TreeMap<>();
        if (options != null) {
            options.forEach((name, value) -> canonical.put(name, canonical(name, value)));
        }
        return Collections.unmodifiableSortedMap(canonical);
    }

    private static Object canonical(String name, Object value) {
        if (value instanceof String || value instanceof Boolean) {
            return value;
        } else if (value instanceof Integer || value instanceof Long || value instanceof BigInteger) {
            return ((Number) value).longValue();
        } else if (value instanceof Double || value instanceof Float || value instanceof BigDecimal) {
            return ((Number) value).doubleValue();
        }
        throw new IllegalArgumentException("option %s: is neither text, number, true nor false".formatted(name));
    }
}
