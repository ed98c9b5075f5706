package dev.septet.llm.template;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * JSON as plain data: text, {@code Boolean}, {@code Long}, {@code Double}, null, lists, and maps
 * with text keys in the order of the JSON.
 */
public final class PlainData {
    /** More than schemas of tools need, and less than what recursion can bear. */
    static final int MAX_DEPTH = 64;

    /** Properties whose values templates compare with words of their own, or write beside them. */
    private static final Set<String> STRUCTURE = Set.of("type", "id", "tool_call_id", "name", "required");

    private static final Pattern WORD = Pattern.compile("[A-Za-z0-9_.-]{1,128}");

    private PlainData() {}

    /**
     * The object as plain data.
     *
     * @throws IllegalArgumentException when it is no object, is nested too deeply, or contains a
     *     whole number of more than 64 bits
     */
    public static Map<String, Object> of(JsonNode object) {
        if (of(object, 0) instanceof Map<?, ?> map) {
            return cast(map);
        }
        throw new IllegalArgumentException("expected an object, got " + object.getNodeType());
    }

    /**
     * The list as plain data.
     *
     * @throws IllegalArgumentException as {@link #of}
     */
    public static List<Object> list(JsonNode list) {
        if (of(list, 0) instanceof List<?> items) {
            return new ArrayList<>(items);
        }
        throw new IllegalArgumentException("expected a list, got " + list.getNodeType());
    }

    private static @Nullable Object of(JsonNode node, int depth) {
        bounded(depth);
        return switch (node.getNodeType()) {
            case STRING -> node.textValue();
            case BOOLEAN -> node.booleanValue();
            case NULL -> null;
            case NUMBER -> number(node);
            case ARRAY -> {
                List<@Nullable Object> items = new ArrayList<>(node.size());
                node.forEach(item -> items.add(of(item, depth + 1)));
                yield items;
            }
            case OBJECT -> {
                Map<String, @Nullable Object> map = new LinkedHashMap<>();
                node.properties().forEach(field -> map.put(field.getKey(), of(field.getValue(), depth + 1)));
                yield map;
            }
            default -> throw new IllegalArgumentException("plain data cannot contain " + node.getNodeType());
        };
    }

    private static Object number(JsonNode node) {
        if (!node.isIntegralNumber()) {
            return node.doubleValue();
        }
        if (!node.canConvertToLong()) {
            throw new IllegalArgumentException("a whole number has more than 64 bits");
        }
        return node.longValue();
    }

    /** An unmodifiable copy of an object; anything except plain data is refused. */
    static Map<String, Object> object(Map<?, ?> map) {
        return cast((Map<?, ?>) changed(map, "", UnaryOperator.identity(), 0));
    }

    /**
     * A copy with other texts, property names included. Words that give the data its structure stay:
     * names and types that are plain words.
     */
    static Map<String, Object> mapped(Map<String, Object> map, UnaryOperator<String> change) {
        return cast((Map<?, ?>) changed(map, "", change, 0));
    }

    private static Object changed(Object value, String property, UnaryOperator<String> change, int depth) {
        bounded(depth);
        if (value instanceof String text) {
            return STRUCTURE.contains(property) && WORD.matcher(text).matches() ? text : change.apply(text);
        }
        if (value instanceof Boolean || value instanceof Long || value instanceof Double) {
            return value;
        }
        if (value instanceof Integer number) {
            return number.longValue();
        }
        if (value instanceof List<?> list) {
            List<@Nullable Object> items = new ArrayList<>(list.size());
            for (Object item : list) {
                items.add(item == null ? null : changed(item, property, change, depth + 1));
            }
            return Collections.unmodifiableList(items);
        }
        if (value instanceof Map<?, ?> map) {
            Map<Object, @Nullable Object> copy = new LinkedHashMap<>();
            map.forEach((key, item) -> {
                if (!(key instanceof String name)) {
                    throw new IllegalArgumentException("a property's name is a text, got " + key);
                }
                copy.put(
                        WORD.matcher(name).matches() ? name : change.apply(name),
                        item == null ? null : changed(item, name, change, depth + 1));
            });
            return Collections.unmodifiableMap(copy);
        }
        throw new IllegalArgumentException("a template takes plain data, got " + value.getClass());
    }

    private static void bounded(int depth) {
        if (depth > MAX_DEPTH) {
            throw new IllegalArgumentException("the data is nested more than " + MAX_DEPTH + " levels deep");
        }
    }

    @SuppressWarnings("unchecked") // every key was checked to be text
    private static Map<String, Object> cast(Map<?, ?> map) {
        return (Map<String, Object>) map;
    }
}
