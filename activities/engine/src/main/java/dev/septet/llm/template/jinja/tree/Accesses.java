package dev.septet.llm.template.jinja.tree;

import dev.septet.llm.template.jinja.value.Attributes;
import dev.septet.llm.template.jinja.value.Frame;
import dev.septet.llm.template.jinja.value.NoneValue;
import dev.septet.llm.template.jinja.value.PythonNumbers;
import dev.septet.llm.template.jinja.value.PythonText;
import dev.septet.llm.template.jinja.value.PythonValues;
import dev.septet.llm.template.jinja.value.Range;
import dev.septet.llm.template.jinja.value.TemplateFault;
import dev.septet.llm.template.jinja.value.Tuple;
import dev.septet.llm.template.jinja.value.Undefined;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Expressions that access names, attributes, items and slices. */
public final class Accesses {
    private Accesses() {}

    public record Name(String name) implements TemplateExpression {
        @Override
        public Object in(Frame frame) {
            Object value = frame.scope().find(name);
            return value == null ? new Undefined("\"" + name + "\" is undefined", frame.strict()) : value;
        }
    }

    /** {@code x.name}: a method first, then an item, as in jinja2. */
    public record Attribute(TemplateExpression of, String name) implements TemplateExpression {
        @Override
        public Object in(Frame frame) {
            Object target = frame.evaluate(of);
            Object found = Attributes.find(target, name);
            return found == null ? frame.found(item(target, name)) : found;
        }
    }

    /** {@code x[key]}: an item first, then an attribute. */
    public record Item(TemplateExpression of, TemplateExpression key) implements TemplateExpression {
        @Override
        public Object in(Frame frame) {
            Object target = frame.evaluate(of);
            frame.work(target);
            return frame.found(item(target, frame.evaluate(key)));
        }
    }

    public static Object item(Object target, Object key) {
        if (target instanceof Undefined undefined) {
            throw undefined.fault();
        }
        Object found = null;
        Long index = PythonNumbers.integer(key);
        if (target instanceof Map<?, ?> map) {
            found = PythonValues.isKey(key) ? map.get(key) : null;
        } else if (index != null) {
            found = at(target, index);
        }
        if (found == null && key instanceof String name) {
            found = Attributes.find(target, name);
        }
        return found == null ? new Undefined(PythonValues.typeName(target) + " has no " + shown(key)) : found;
    }

    private static String shown(Object key) {
        return key instanceof String name ? "\"" + name + "\"" : "such item";
    }

    private static @Nullable Object at(Object target, long index) {
        if (target instanceof String text) {
            int length = PythonText.length(text);
            long at = index < 0 ? index + length : index;
            if (at < 0 || at >= length) {
                return null;
            }
            int start = text.offsetByCodePoints(0, (int) at);
            return Character.toString(text.codePointAt(start));
        }
        if (target instanceof Range range) {
            long at = index < 0 ? index + range.size() : index;
            return at < 0 || at >= range.size() ? null : range.start() + at * range.step();
        }
        List<?> items = target instanceof Tuple tuple ? tuple.items() : List.of();
        if (target instanceof List<?> list) {
            items = list;
        }
        long at = index < 0 ? index + items.size() : index;
        return at < 0 || at >= items.size() ? null : items.get((int) at);
    }

    /** {@code x[start:stop:step]}, with Python's rules for negative and missing parts. */
    public record Slice(
            TemplateExpression of,
            @Nullable TemplateExpression start,
            @Nullable TemplateExpression stop,
            @Nullable TemplateExpression step)
            implements TemplateExpression {
        @Override
        public Object in(Frame frame) {
            Object target = frame.evaluate(of);
            if (target instanceof Map<?, ?> || !PythonValues.isSequence(target)) {
                throw new TemplateFault("cannot take a slice of " + PythonValues.typeName(target));
            }
            Long stepValue = bound(step, frame);
            long by = stepValue == null ? 1 : stepValue;
            if (by == 0) {
                throw new TemplateFault("a slice needs a step other than 0");
            }
            List<Object> items = PythonValues.items(target, frame);
            int size = items.size();
            long from = clamped(bound(start, frame), size, by < 0, by > 0 ? 0 : size - 1);
            long to = clamped(bound(stop, frame), size, by < 0, by > 0 ? size : -1);
            List<Object> selected = new ArrayList<>();
            for (long i = from; by > 0 ? i < to : i > to; i += by) {
                selected.add(items.get((int) i));
                if (Math.abs(by) > size) {
                    break;
                }
            }
            if (target instanceof String) {
                StringBuilder text = new StringBuilder();
                selected.forEach(text::append);
                return text.toString();
            }
            return target instanceof Tuple ? new Tuple(selected) : selected;
        }

        private static @Nullable Long bound(@Nullable TemplateExpression part, Frame frame) {
            Object value = part == null ? NoneValue.NONE : frame.evaluate(part);
            if (value == NoneValue.NONE) {
                return null;
            }
            Long number = PythonNumbers.integer(value);
            if (number == null) {
                throw new TemplateFault("a slice needs whole numbers, got " + PythonValues.typeName(value));
            }
            return number;
        }

        private static long clamped(@Nullable Long index, int size, boolean backwards, long missing) {
            if (index == null) {
                return missing;
            }
            long lowest = backwards ? -1 : 0;
            long highest = backwards ? size - 1 : size;
            long at = index < 0 ? index + size : index;
            return Math.max(lowest, Math.min(at, highest));
        }
    }
}
