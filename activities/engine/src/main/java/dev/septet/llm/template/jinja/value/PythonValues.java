package dev.septet.llm.template.jinja.value;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The types of template values: String, Long, Double, Boolean, {@link NoneValue}, List, {@link Tuple},
 * Map, {@link Range}, {@link Undefined}, {@link Namespace} and {@link Invocable}. There are no
 * others.
 */
public final class PythonValues {
    private PythonValues() {}

    public static boolean truthy(Object value) {
        if (value instanceof Boolean flag) {
            return flag;
        }
        if (value instanceof String text) {
            return !text.isEmpty();
        }
        if (value instanceof Long number) {
            return number != 0;
        }
        if (value instanceof Double number) {
            return number != 0;
        }
        if (value instanceof List<?> list) {
            return !list.isEmpty();
        }
        if (value instanceof Tuple tuple) {
            return !tuple.items().isEmpty();
        }
        if (value instanceof Map<?, ?> map) {
            return !map.isEmpty();
        }
        if (value instanceof Range range) {
            return range.size() > 0;
        }
        Undefined.use(value);
        return value != NoneValue.NONE && !(value instanceof Undefined);
    }

    /** Python's {@code str} of a value; the text of lists and mappings is charged. */
    public static String text(Object value, Frame frame) {
        if (value instanceof String text) {
            return text;
        }
        if (value instanceof Undefined) {
            Undefined.use(value);
            return "";
        }
        StringBuilder out = new StringBuilder();
        Representation.of(value, out, frame.budget());
        return out.toString();
    }

    /** Python's {@code str} of a value in a message or an argument, which is not charged. */
    public static String text(Object value) {
        if (value instanceof String text) {
            return text;
        }
        if (value instanceof Undefined) {
            return "";
        }
        StringBuilder out = new StringBuilder();
        Representation.of(value, out);
        return out.toString();
    }

    /** The items of an iterable value. */
    public static List<Object> items(Object value, Frame frame) {
        if (value instanceof String text) {
            frame.budget().steps(PythonText.length(text)); // charged before the items are created
            return unchargedItems(value);
        }
        List<Object> items = unchargedItems(value);
        frame.budget().steps(items.size());
        return items;
    }

    @SuppressWarnings("unchecked")
    private static List<Object> unchargedItems(Object value) {
        if (value instanceof List<?> list) {
            return (List<Object>) list;
        }
        if (value instanceof Tuple tuple) {
            return tuple.items();
        }
        if (value instanceof Map<?, ?> map) {
            return new ArrayList<>(map.keySet());
        }
        if (value instanceof String text) {
            return PythonText.characters(text);
        }
        if (value instanceof Range range) {
            return range.items();
        }
        if (value instanceof Undefined) {
            Undefined.use(value);
            return List.of();
        }
        throw new TemplateFault("cannot loop over " + typeName(value));
    }

    /** Whether a value can be a mapping's key. */
    public static boolean isKey(Object value) {
        return value instanceof String
                || value instanceof Number
                || value instanceof Boolean
                || value == NoneValue.NONE;
    }

    public static boolean isIterable(Object value) {
        return isSequence(value) || value instanceof Undefined;
    }

    /** Whether a value has a length and items; in jinja2, this includes text and mappings. */
    public static boolean isSequence(Object value) {
        return value instanceof List<?>
                || value instanceof Tuple
                || value instanceof Map<?, ?>
                || value instanceof String
                || value instanceof Range;
    }

    public static long length(Object value) {
        if (value instanceof String text) {
            return PythonText.length(text);
        }
        if (value instanceof Range range) {
            return range.size();
        }
        if (value instanceof Map<?, ?> map) {
            return map.size();
        }
        if (value instanceof List<?> || value instanceof Tuple || value instanceof Undefined) {
            return unchargedItems(value).size();
        }
        throw new TemplateFault(typeName(value) + " has no length");
    }

    /** Name of a value's type in messages. */
    public static String typeName(Object value) {
        if (value instanceof Undefined undefined) {
            return "something undefined (" + undefined.what() + ")";
        }
        if (value == NoneValue.NONE) {
            return "none";
        }
        if (value instanceof String) {
            return "text";
        }
        if (value instanceof Boolean) {
            return "a boolean";
        }
        if (value instanceof Number) {
            return "a number";
        }
        if (value instanceof List<?> || value instanceof Tuple || value instanceof Range) {
            return "a list";
        }
        if (value instanceof Map<?, ?>) {
            return "a mapping";
        }
        return value instanceof Namespace ? "a namespace" : "a function";
    }
}
