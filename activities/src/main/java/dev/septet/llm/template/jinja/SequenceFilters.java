package dev.septet.llm.template.jinja;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/** Filters over lists, mappings and text as a whole. */
final class SequenceFilters {
    static final Map<String, Filter> ALL = Map.ofEntries(
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
        return Values.length(value);
    }

    private static Object first(Object value, Arguments given, Frame frame) {
        given.bind("first");
        List<Object> items = Values.items(value, frame);
        return items.isEmpty() ? new Undefined("an empty list has no first item") : items.get(0);
    }

    private static Object last(Object value, Arguments given, Frame frame) {
        given.bind("last");
        List<Object> items = Values.items(value, frame);
        return items.isEmpty() ? new Undefined("an empty list has no last item") : items.get(items.size() - 1);
    }

    private static Object list(Object value, Arguments given, Frame frame) {
        given.bind("list");
        return new ArrayList<>(Values.items(value, frame));
    }

    private static Object items(Object value, Arguments given, Frame frame) {
        given.bind("items");
        if (value instanceof Undefined) {
            return List.of();
        }
        if (value instanceof Map<?, ?> map) {
            return Attributes.pairs(map, frame);
        }
        throw new Fault("items expects a mapping, got " + Values.typeName(value));
    }

    private static Object join(Object value, Arguments given, Frame frame) {
        Arguments.Bound bound = given.bind("join", "d", "attribute");
        String between = Values.text(bound.get(0, ""));
        Object path = bound.get(1, None.NONE);
        StringBuilder text = new StringBuilder();
        String separator = "";
        for (Object item : Values.items(value, frame)) {
            String piece = Values.text(path == None.NONE ? item : Paths.follow(item, path), frame);
            frame.budget().characters((long) piece.length() + separator.length());
            text.append(separator).append(piece);
            separator = between;
        }
        return text.toString();
    }

    private static Object reverse(Object value, Arguments given, Frame frame) {
        given.bind("reverse");
        List<Object> items = new ArrayList<>(Values.items(value, frame));
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
        boolean missing = value instanceof Undefined || (bound.flag(1, false) && !Values.truthy(value));
        return missing ? bound.get(0, "") : value;
    }

    private static Object batch(Object value, Arguments given, Frame frame) {
        Arguments.Bound bound = given.bind("batch", "linecount", "fill_with");
        int size = (int) Math.max(1, Math.min(bound.integer(0, 1), Range.MAX_ITEMS));
        Object filling = bound.get(1, None.NONE);
        List<Object> batches = new ArrayList<>();
        List<Object> items = Values.items(value, frame);
        for (int start = 0; start < items.size(); start += size) {
            int end = Math.min(items.size(), start + size);
            List<Object> batch = new ArrayList<>(items.subList(start, end));
            frame.budget().steps(filling == None.NONE ? 0 : size - batch.size());
            while (filling != None.NONE && batch.size() < size) {
                batch.add(filling);
            }
            batches.add(batch);
        }
        return batches;
    }

    private static Object sum(Object value, Arguments given, Frame frame) {
        Arguments.Bound bound = given.bind("sum", "attribute", "start");
        Object path = bound.get(0, None.NONE);
        Object total = bound.get(1, 0L);
        for (Object item : Values.items(value, frame)) {
            Object part = path == None.NONE ? item : Paths.follow(item, path);
            total = Numbers.calculate("+", total, part);
        }
        return total;
    }

    private static Object attribute(Object value, Arguments given, Frame frame) {
        String name = given.bind("attr", "name").text(0);
        Object found = Attributes.find(value, name);
        return found == null ? new Undefined("there is no attribute \"" + name + "\"") : found;
    }
}
