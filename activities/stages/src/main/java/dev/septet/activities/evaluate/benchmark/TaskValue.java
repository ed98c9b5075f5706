package dev.septet.activities.evaluate.benchmark;

import dev.septet.activities.attempt.StageProblem;
import dev.septet.dsl.text.PublicText;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A value of a task file with its place.
 *
 * @param name name of the value, for messages
 * @param value a text, Long, Double, Boolean, list or map of task values; null for YAML's null
 * @param line line in the file, from 1
 */
record TaskValue(String name, @Nullable Object value, String file, int line) {
    /** The problem that this value is not what was expected. */
    StageProblem refused(String found, String expected) {
        return StageProblem.invalid(String.format(
                Locale.ROOT,
                "benchmark: %s:%d: `%s` %s; %s",
                PublicText.file(file),
                line,
                PublicText.file(name),
                found,
                expected));
    }

    private StageProblem wrong(String expected) {
        return refused("is " + kind(), "expected " + expected);
    }

    private String kind() {
        return value == null
                ? "empty"
                : value instanceof String
                        ? "a text"
                        : value instanceof Boolean
                                ? "true or false"
                                : value instanceof Number ? "a number" : value instanceof List ? "a list" : "a mapping";
    }

    String text() {
        if (value instanceof String text) {
            return text;
        }
        throw wrong("a text");
    }

    boolean flag() {
        if (value instanceof Boolean flag) {
            return flag;
        }
        throw wrong("true or false");
    }

    int whole(int min, int max) {
        if (value instanceof Long number && number >= min && number <= max) {
            return number.intValue();
        }
        throw value instanceof Long number
                ? refused("is " + number, String.format(Locale.ROOT, "expected a whole number from %d to %d", min, max))
                : wrong(String.format(Locale.ROOT, "a whole number from %d to %d", min, max));
    }

    @SuppressWarnings("unchecked")
    List<TaskValue> list() {
        if (value instanceof List<?> list) {
            return (List<TaskValue>) list;
        }
        throw wrong("a list");
    }

    /** The items of a list, or the value itself. */
    List<TaskValue> oneOrMore() {
        return value instanceof List<?> ? list() : List.of(this);
    }

    @SuppressWarnings("unchecked")
    Map<String, TaskValue> map() {
        if (value instanceof Map<?, ?> map) {
            return (Map<String, TaskValue>) map;
        }
        throw wrong("names with values");
    }

    /** The value under a name; null where there is none, or YAML's null. */
    @Nullable
    TaskValue get(String key) {
        TaskValue found = map().get(key);
        return found == null || found.value == null ? null : found;
    }

    /** The value under a name. */
    TaskValue required(String key) {
        TaskValue found = get(key);
        if (found == null) {
            throw StageProblem.invalid(String.format(
                    Locale.ROOT,
                    "benchmark: %s:%d: `%s` is missing; add it",
                    PublicText.file(file),
                    line,
                    name.isEmpty() ? key : name + "." + key));
        }
        return found;
    }

    String text(String key, String otherwise) {
        TaskValue found = get(key);
        return found == null ? otherwise : found.text();
    }

    boolean flag(String key, boolean otherwise) {
        TaskValue found = get(key);
        return found == null ? otherwise : found.flag();
    }

    /**
     * Refuses values with other names.
     *
     * @param code names whose values are code or belong to other kinds of tasks, with the reason
     */
    void requireKnown(Set<String> known, Map<String, String> code) {
        for (Map.Entry<String, TaskValue> entry : map().entrySet()) {
            String reason = code.get(entry.getKey());
            TaskValue given = entry.getValue();
            if (reason != null && given.value != null && !Boolean.FALSE.equals(given.value)) {
                throw given.refused("is not supported", reason);
            }
            if (reason == null && !known.contains(entry.getKey())) {
                throw given.refused("is not known here", "known are " + String.join(", ", known));
            }
        }
    }

    /** The value as plain lists, maps, texts, numbers, booleans and nulls. */
    @Nullable
    Object plain() {
        if (value instanceof List<?>) {
            List<@Nullable Object> plain = new ArrayList<>();
            list().forEach(item -> plain.add(item.plain()));
            return plain;
        }
        if (value instanceof Map<?, ?>) {
            Map<String, @Nullable Object> plain = new LinkedHashMap<>();
            map().forEach((key, item) -> plain.put(key, item.plain()));
            return plain;
        }
        return value;
    }

    /** This mapping with the values of another one, which win. */
    TaskValue with(TaskValue other) {
        Map<String, TaskValue> merged = new LinkedHashMap<>(map());
        merged.putAll(other.map());
        return new TaskValue(name, merged, other.file, other.line);
    }

    /** This mapping without a name. */
    TaskValue without(String key) {
        Map<String, TaskValue> rest = new LinkedHashMap<>(map());
        rest.remove(key);
        return new TaskValue(name, rest, file, line);
    }
}
