package dev.septet.llm.template.jinja.builtin;

import dev.septet.llm.template.jinja.value.Arguments;
import dev.septet.llm.template.jinja.value.Attributes;
import dev.septet.llm.template.jinja.value.ComparisonOperators;
import dev.septet.llm.template.jinja.value.Frame;
import dev.septet.llm.template.jinja.value.NoneValue;
import dev.septet.llm.template.jinja.value.PythonText;
import dev.septet.llm.template.jinja.value.PythonValues;
import dev.septet.llm.template.jinja.value.TemplateFault;
import dev.septet.llm.template.jinja.value.Undefined;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/** Filters that select, sort or map the items of a list. */
final class SelectionFilters {
    static final Map<String, TemplateFilter> ALL = Map.ofEntries(
            Map.entry("map", SelectionFilters::map),
            Map.entry("select", (v, given, f) -> choose(v, given, f, false, true)),
            Map.entry("reject", (v, given, f) -> choose(v, given, f, false, false)),
            Map.entry("selectattr", (v, given, f) -> choose(v, given, f, true, true)),
            Map.entry("rejectattr", (v, given, f) -> choose(v, given, f, true, false)),
            Map.entry("sort", SelectionFilters::sort),
            Map.entry("dictsort", SelectionFilters::sortMap),
            Map.entry("unique", SelectionFilters::unique),
            Map.entry("min", (v, given, f) -> extreme(v, given, f, "min")),
            Map.entry("max", (v, given, f) -> extreme(v, given, f, "max")));

    private SelectionFilters() {}

    private static Object map(Object value, Arguments given, Frame frame) {
        List<Object> mapped = new ArrayList<>();
        Object path = given.named().get("attribute");
        if (given.positional().isEmpty() && path == null) {
            throw new TemplateFault("map needs the name of a filter, or attribute=");
        }
        for (Object item : itemsIfAny(value, frame)) {
            if (path == null) {
                String name = PythonValues.text(given.positional().get(0));
                frame.work(item);
                mapped.add(TemplateFilters.named(name).apply(item, given.rest(1), frame));
            } else {
                Object found = AttributePaths.follow(item, path);
                Object otherwise = given.named().get("default");
                mapped.add(found instanceof Undefined && otherwise != null ? otherwise : found);
            }
        }
        return mapped;
    }

    private static Object choose(Object value, Arguments given, Frame frame, boolean byAttribute, boolean keep) {
        int first = byAttribute ? 1 : 0;
        List<Object> positional = given.positional();
        if (positional.size() < first) {
            throw new TemplateFault("selectattr and rejectattr need the name of an attribute");
        }
        List<Object> chosen = new ArrayList<>();
        for (Object item : itemsIfAny(value, frame)) {
            Object tested = byAttribute ? AttributePaths.follow(item, positional.get(0)) : item;
            boolean holds = positional.size() == first
                    ? PythonValues.truthy(tested)
                    : TemplateTests.named(PythonValues.text(positional.get(first)))
                            .holds(tested, given.rest(first + 1), frame);
            if (holds == keep) {
                chosen.add(item);
            }
        }
        return chosen;
    }

    /** As in jinja2's map and select, none, 0 and false have no items. */
    private static List<Object> itemsIfAny(Object value, Frame frame) {
        return PythonValues.truthy(value) ? PythonValues.items(value, frame) : List.of();
    }

    private static Object sort(Object value, Arguments given, Frame frame) {
        Arguments.Bound bound = given.bind("sort", "reverse", "case_sensitive", "attribute");
        List<Object> items = new ArrayList<>(PythonValues.items(value, frame));
        Object path = bound.get(2, NoneValue.NONE);
        boolean exact = bound.flag(1, false);
        Comparator<Object> order = (a, b) ->
                ComparisonOperators.compare(key(a, path, exact, frame), key(b, path, exact, frame), frame.budget());
        items.sort(bound.flag(0, false) ? order.reversed() : order);
        return items;
    }

    private static Object sortMap(Object value, Arguments given, Frame frame) {
        Arguments.Bound bound = given.bind("dictsort", "case_sensitive", "by", "reverse");
        if (!(value instanceof Map<?, ?> map)) {
            throw new TemplateFault("dictsort expects a mapping, got " + PythonValues.typeName(value));
        }
        long by = bound.get(1, "key").equals("value") ? 1 : 0;
        boolean exact = bound.flag(0, false);
        List<Object> pairs = Attributes.pairs(map, frame);
        Comparator<Object> order = (a, b) ->
                ComparisonOperators.compare(key(a, by, exact, frame), key(b, by, exact, frame), frame.budget());
        pairs.sort(bound.flag(2, false) ? order.reversed() : order);
        return pairs;
    }

    private static Object unique(Object value, Arguments given, Frame frame) {
        Arguments.Bound bound = given.bind("unique", "case_sensitive", "attribute");
        List<Object> kept = new ArrayList<>();
        List<Object> seen = new ArrayList<>();
        for (Object item : PythonValues.items(value, frame)) {
            Object key = key(item, bound.get(1, NoneValue.NONE), bound.flag(0, false), frame);
            if (!ComparisonOperators.contains(seen, key, frame)) {
                seen.add(key);
                kept.add(item);
            }
        }
        return kept;
    }

    private static Object extreme(Object value, Arguments given, Frame frame, String which) {
        Arguments.Bound bound = given.bind(which, "case_sensitive", "attribute");
        Object path = bound.get(1, NoneValue.NONE);
        boolean exact = bound.flag(0, false);
        Object best = null;
        for (Object item : PythonValues.items(value, frame)) {
            int order = best == null
                    ? 0
                    : ComparisonOperators.compare(
                            key(item, path, exact, frame), key(best, path, exact, frame), frame.budget());
            if (best == null || (which.equals("min") ? order < 0 : order > 0)) {
                best = item;
            }
        }
        return best == null ? new Undefined("an empty list has no " + which) : best;
    }

    private static Object key(Object item, Object path, boolean exact, Frame frame) {
        Object key = path == NoneValue.NONE ? item : AttributePaths.follow(item, path);
        frame.work(key);
        return !exact && key instanceof String text ? PythonText.lower(text) : key;
    }
}
