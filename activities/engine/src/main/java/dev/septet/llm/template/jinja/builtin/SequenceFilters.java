package dev.septet.llm.template.jinja.builtin;

import dev.septet.llm.template.jinja.value.Arguments;
import dev.septet.llm.template.jinja.value.Attributes;
import dev.septet.llm.template.jinja.value.Frame;
import dev.septet.llm.template.jinja.value.NoneValue;
import dev.septet.llm.template.jinja.value.PythonNumbers;
import dev.septet.llm.template.jinja.value.PythonValues;
import dev.septet.llm.template.jinja.value.Range;
import dev.septet.llm.template.jinja.value.TemplateFault;
import dev.septet.llm.template.jinja.value.Undefined;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/** Filters for whole lists, mappings and texts. */
final class SequenceFilters {
    static final Map<String, TemplateFilter> ALL = Map.ofEntries(
            Map.entry("length", SequenceFilters::length),
            Map.entry("count", SequenceFilters::length),
            Map.entry("first", SequenceFilters::first),
            Map.entry("last", SequenceFilters::last),
            Map.entry("list", SequenceFilters::list),
            Map.entry("items", SequenceFilters::items),
            Map.entry("join", SequenceFilters::join),
            Map.entry("reverse", SequenceFilters::reverse),
            Map.entry("default", SequenceFilters::otherwise),
            Map.entry("d", SequenceFilters::otherwise),
            Map.entry("batch", SequenceFilters::batch),
            Map.entry("sum", SequenceFilters::sum),
            Map.entry("attr", SequenceFilters::attribute));

    private SequenceFilters() {}

    private static Object length(Object value, Arguments given, Frame frame) {
        given.bind("length");
        return PythonValues.length(value);
    }

    private static Object first(Object value, Arguments given, Frame frame) {
        given.bind("first");
        List<Object> items = PythonValues.items(value, frame);
        return items.isEmpty() ? new Undefined("an empty list has no first item") : items.get(0);
    }

    private static Object last(Object value, Arguments given, Frame frame) {
        given.bind("last");
        List<Object> items = PythonValues.items(value, frame);
        return items.isEmpty() ? new Undefined("an empty list has no last item") : items.get(items.size() - 1);
    }

    private static Object list(Object value, Arguments given, Frame frame) {
        given.bind("list");
        return new ArrayList<>(PythonValues.items(value, frame));
    }

    private static Object items(Object value, Arguments given, Frame frame) {
        given.bind("items");
        if (value instanceof Undefined) {
            return List.of();
        }
        if (value instanceof Map<?, ?> map) {
            return Attributes.pairs(map, frame);
        }
        throw new TemplateFault("items expects a mapping, got " + PythonValues.typeName(value));
    }

    private static Object join(Object value, Arguments given, Frame frame) {
        Arguments.Bound bound = given.bind("join", "d", "attribute");
        String between = PythonValues.text(bound.get(0, ""));
        Object path = bound.get(1, NoneValue.NONE);
        StringBuilder text = new StringBuilder();
        String separator = "";
        for (Object item : PythonValues.items(value, frame)) {
            String piece = PythonValues.text(path == NoneValue.NONE ? item : AttributePaths.follow(item, path), frame);
            frame.budget().characters((long) piece.length() + separator.length());
            text.append(separator).append(piece);
            separator = between;
        }
        return text.toString();
    }

    private static Object reverse(Object value, Arguments given, Frame frame) {
        given.bind("reverse");
        List<Object> items = new ArrayList<>(PythonValues.items(value, frame));
        Collections.reverse(items);
        if (value instanceof String) {
            StringBuilder text = new StringBuilder();
            items.forEach(text::append);
            return text.toString();
        }
        return items;
    }

    private static Object otherwise(Object value, Arguments given, Frame frame) {
        Arguments.Bound bound = given.bind("default", "default_value", "boolean");
        boolean missing = value instanceof Undefined || (bound.flag(1, false) && !PythonValues.truthy(value));
        return missing ? bound.get(0, "") : value;
    }

    private static Object batch(Object value, Arguments given, Frame frame) {
        Arguments.Bound bound = given.bind("batch", "linecount", "fill_with");
        int size = (int) Math.max(1, Math.min(bound.integer(0, 1), Range.MAX_ITEMS));
        Object filling = bound.get(1, NoneValue.NONE);
        List<Object> batches = new ArrayList<>();
        List<Object> items = PythonValues.items(value, frame);
        for (int start = 0; start < items.size(); start += size) {
            int end = Math.min(items.size(), start + size);
            List<Object> batch = new ArrayList<>(items.subList(start, end));
            frame.budget().steps(filling == NoneValue.NONE ? 0 : size - batch.size());
            while (filling != NoneValue.NONE && batch.size() < size) {
                batch.add(filling);
            }
            batches.add(batch);
        }
        return batches;
    }

    private static Object sum(Object value, Arguments given, Frame frame) {
        Arguments.Bound bound = given.bind("sum", "attribute", "start");
        Object path = bound.get(0, NoneValue.NONE);
        Object total = bound.get(1, 0L);
        for (Object item : PythonValues.items(value, frame)) {
            Object part = path == NoneValue.NONE ? item : AttributePaths.follow(item, path);
            total = PythonNumbers.calculate("+", total, part);
        }
        return total;
    }

    private static Object attribute(Object value, Arguments given, Frame frame) {
        String name = given.bind("attr", "name").text(0);
        Object found = Attributes.find(value, name);
        return found == null ? new Undefined("there is no attribute \"" + name + "\"") : found;
    }
}
