package dev.septet.activities.report;

import com.fasterxml.jackson.databind.JsonNode;
import dev.septet.activities.store.Sha256;
import dev.septet.dsl.pipeline.SpecJson;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The differences of two specs, by the path of each value. */
public final class SpecDiff {
    /** Lines of the longest list. */
    static final int MAX = 60;

    /** Longer texts may be prompts; only their digest is shown. */
    private static final int LONGEST = 80;

    private static final int DIGITS = 12;

    private SpecDiff() {}

    /**
     * One value that differs.
     *
     * @param path such as {@code train.learningRate.peak}
     * @param before empty when the value is new
     * @param after empty when the value is gone
     */
    public record Change(String path, String before, String after) {}

    /** The differences, sorted by path, at most {@link #MAX} and one line that counts the others. */
    static List<Change> of(Object before, Object after) {
        SortedMap<String, String> old = flat(before);
        SortedMap<String, String> now = flat(after);
        TreeSet<String> paths = new TreeSet<>(old.keySet());
        paths.addAll(now.keySet());
        List<Change> changes = new ArrayList<>();
        for (String path : paths) {
            @Nullable String from = old.get(path);
            @Nullable String to = now.get(path);
            if (from == null || !from.equals(to)) {
                changes.add(new Change(path, from == null ? "" : from, to == null ? "" : to));
            }
        }
        if (changes.size() <= MAX) {
            return changes;
        }
        List<Change> shown = new ArrayList<>(changes.subList(0, MAX));
        shown.add(new Change("%d more values".formatted(changes.size() - MAX), "", "see run.json"));
        return shown;
    }

    private static SortedMap<String, String> flat(Object spec) {
        SortedMap<String, String> values = new TreeMap<>();
        add(values, "", SpecJson.mapper().valueToTree(spec));
        return values;
    }

    private static void add(SortedMap<String, String> values, String path, JsonNode node) {
        if (node.isObject() && !node.isEmpty()) {
            node.properties()
                    .forEach(field -> add(
                            values, path.isEmpty() ? field.getKey() : path + "." + field.getKey(), field.getValue()));
        } else if (node.isArray() && !node.isEmpty()) {
            for (int at = 0; at < node.size(); at++) {
                add(values, "%s[%d]".formatted(path, at), node.get(at));
            }
        } else if (!node.isNull() && !path.isEmpty()) {
            values.put(path, shown(node.isValueNode() ? node.asText() : node.toString()));
        }
    }

    private static String shown(String text) {
        boolean plain = text.length() <= LONGEST && text.lines().count() <= 1;
        return plain
                ? text.isEmpty() ? "(empty)" : text
                : "a text of %d characters, sha256 %s"
                        .formatted(text.length(), Sha256.of(text).substring(0, DIGITS));
    }
}
