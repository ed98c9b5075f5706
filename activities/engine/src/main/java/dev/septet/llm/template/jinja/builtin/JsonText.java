package dev.septet.llm.template.jinja.builtin;

import dev.septet.llm.template.jinja.value.Arguments;
import dev.septet.llm.template.jinja.value.Frame;
import dev.septet.llm.template.jinja.value.NoneValue;
import dev.septet.llm.template.jinja.value.PythonValues;
import dev.septet.llm.template.jinja.value.Representation;
import dev.septet.llm.template.jinja.value.TemplateFault;
import dev.septet.llm.template.jinja.value.Tuple;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writes JSON as Python's {@code json.dumps} does, without HTML escapes. */
final class JsonText {
    private static final int MAX_DEPTH = 100;

    private final StringBuilder out = new StringBuilder();
    private final Frame frame;
    private final @Nullable String indent;
    private final String itemSeparator;
    private final String keySeparator;
    private final boolean ascii;
    private final boolean sorted;

    private JsonText(Arguments given, Frame frame) {
        Arguments.Bound bound = given.bind("tojson", "indent", "ensure_ascii", "separators", "sort_keys");
        this.frame = frame;
        Object indent = bound.get(0, NoneValue.NONE);
        this.indent = indent == NoneValue.NONE
                ? null
                : indent instanceof String text
                        ? text
                        : " ".repeat((int) Math.max(0, Math.min(bound.integer(0, 0), 64)));
        this.ascii = bound.flag(1, false);
        if (bound.get(2, NoneValue.NONE) instanceof Tuple pair && pair.items().size() == 2) {
            itemSeparator = PythonValues.text(pair.items().get(0));
            keySeparator = PythonValues.text(pair.items().get(1));
        } else {
            itemSeparator = this.indent == null ? ", " : ",";
            keySeparator = ": ";
        }
        this.sorted = bound.flag(3, false);
    }

    static String of(Object value, Arguments given, Frame frame) {
        JsonText json = new JsonText(given, frame);
        json.write(value, 0);
        return json.out.toString();
    }

    private void write(Object value, int depth) {
        frame.budget().step();
        if (depth > MAX_DEPTH) {
            throw new TemplateFault("tojson: a list is nested more than " + MAX_DEPTH + " levels deep");
        }
        if (value instanceof String text) {
            quoted(text);
        } else if (value == NoneValue.NONE) {
            append("null");
        } else if (value instanceof Boolean flag) {
            append(flag ? "true" : "false");
        } else if (value instanceof Double number) {
            append(real(number));
        } else if (value instanceof Long) {
            append(value.toString());
        } else if (value instanceof List<?> list) {
            list(list, depth);
        } else if (value instanceof Tuple tuple) {
            list(tuple.items(), depth);
        } else if (value instanceof Map<?, ?> map) {
            map(map, depth);
        } else {
            throw new TemplateFault("tojson cannot write " + PythonValues.typeName(value));
        }
    }

    private static String real(double number) {
        if (Double.isNaN(number)) {
            return "NaN";
        }
        if (Double.isInfinite(number)) {
            return number > 0 ? "Infinity" : "-Infinity";
        }
        return Representation.of(number);
    }

    private void list(List<?> items, int depth) {
        if (items.isEmpty()) {
            append("[]");
            return;
        }
        append("[");
        for (Iterator<?> all = items.iterator(); all.hasNext(); ) {
            newLine(depth + 1);
            write(all.next(), depth + 1);
            append(all.hasNext() ? itemSeparator : "");
        }
        newLine(depth);
        append("]");
    }

    private void map(Map<?, ?> map, int depth) {
        if (map.isEmpty()) {
            append("{}");
            return;
        }
        append("{");
        Iterator<? extends Map.Entry<?, ?>> entries = sorted
                ? map.entrySet().stream()
                        .sorted(Comparator.comparing(entry -> key(entry.getKey())))
                        .iterator()
                : map.entrySet().iterator();
        while (entries.hasNext()) {
            Map.Entry<?, ?> entry = entries.next();
            newLine(depth + 1);
            quoted(key(entry.getKey()));
            append(keySeparator);
            write(entry.getValue(), depth + 1);
            append(entries.hasNext() ? itemSeparator : "");
        }
        newLine(depth);
        append("}");
    }

    private static String key(Object key) {
        if (key instanceof Boolean flag) {
            return flag ? "true" : "false";
        }
        return key == NoneValue.NONE ? "null" : PythonValues.text(key);
    }

    private void newLine(int depth) {
        if (indent != null) {
            frame.budget().characters((long) indent.length() * depth);
            append("\n");
            out.append(indent.repeat(depth));
        }
    }

    private void quoted(String text) {
        append("\"");
        // An escape takes six characters.
        frame.budget().characters(ascii ? 6L * text.length() : text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"' -> out.append("\\\"");
                case '\\' -> out.append("\\\\");
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                case '\b' -> out.append("\\b");
                case '\f' -> out.append("\\f");
                default -> {
                    if (c < ' ' || (ascii && c > '~')) {
                        out.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
                    } else {
                        out.append(c);
                    }
                }
            }
        }
        append("\"");
    }

    private void append(String text) {
        frame.budget().characters(text.length());
        out.append(text);
    }
}
