package dev.septet.llm.template.jinja.value;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Copies a caller's data into template values; anything except plain data is rejected. */
public final class PlainValues {
    private PlainValues() {}

    public static Object of(@Nullable Object value) {
        if (value == null) {
            return NoneValue.NONE;
        }
        if (value instanceof String || value instanceof Boolean || value instanceof Long) {
            return value;
        }
        if (value instanceof Integer number) {
            return number.longValue();
        }
        if (value instanceof Double || value instanceof Float) {
            return ((Number) value).doubleValue();
        }
        if (value instanceof List<?> list) {
            List<Object> copy = new ArrayList<>(list.size());
            list.forEach(item -> copy.add(of(item)));
            return copy;
        }
        if (value instanceof Map<?, ?> map) {
            Map<Object, Object> copy = new LinkedHashMap<>();
            map.forEach((key, item) -> copy.put(key, of(item)));
            return copy;
        }
        throw new IllegalArgumentException("a template takes plain data, got " + value.getClass());
    }
}
