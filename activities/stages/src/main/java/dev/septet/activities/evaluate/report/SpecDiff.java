package dev.septet.activities.evaluate.report;

import com.fasterxml.jackson.databind.JsonNode;
import dev.septet.activities.store.Sha256;
import dev.septet.dsl.pipeline.SpecJson;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/** The differences of two specs, by the path of each value. All texts can be displayed, whatever the specs hold. */
public final class SpecDiff {
    /** Changes in the list of {@link #of}. */
    public static final int MAX = 60;

    /** Longer texts may be prompts; only their digest is shown. */
    private static final int LONGEST = 80;

    private static final int LONGEST_PATH = 200;
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

    /** The differences of two specs, sorted by path, at most {@link #MAX} and one line that counts the others. */
    public static List<Change> of(Object before, Object after) {
        List<Change> changes =
                between(SpecJson.mapper().valueToTree(before), SpecJson.mapper().valueToTree(after));
        if (changes.size() <= MAX) {
            return changes;
        }
        List<Change> shown = new ArrayList<>(changes.subList(0, MAX));
        shown.add(new Change(String.format(Locale.ROOT, "%d more values", changes.size() - MAX), "", "see run.json"));
        return shown;
    }

    /** All differences of two specs, whose JSON is given, sorted by path. */
    public static List<Change> between(JsonNode before, JsonNode after) {
        SortedMap<String, String> old = flat(before);
        SortedMap<String, String> now = flat(after);
        TreeSet<String> paths = new TreeSet<>(old.keySet());
        paths.addAll(now.keySet());
        List<Change> changes = new ArrayList<>();
        for (String path : paths) {
            String from = old.getOrDefault(path, "");
            String to = now.getOrDefault(path, "");
            if (!from.equals(to)) {
                changes.add(new Change(DisplayText.of(path, LONGEST_PATH), from, to));
            }
        }
        return changes;
    }

    private static SortedMap<String, String> flat(JsonNode spec) {
        SortedMap<String, String> values = new TreeMap<>();
        add(values, "", spec);
        return values;
    }

    private static void add(SortedMap<String, String> values, String path, JsonNode node) {
        if (node.isObject() && !node.isEmpty()) {
            node.properties()
                    .forEach(field -> add(
                            values, path.isEmpty() ? field.getKey() : path + "." + field.getKey(), field.getValue()));
        } else if (node.isArray() && !node.isEmpty()) {
            for (int at = 0; at < node.size(); at++) {
                add(values, String.format(Locale.ROOT, "%s[%d]", path, at), node.get(at));
            }
        } else if (!node.isNull() && !path.isEmpty()) {
            values.put(path, shown(node.isValueNode() ? node.asText() : node.toString()));
        }
    }

    private static String shown(String text) {
        boolean plain = text.length() <= LONGEST && text.lines().count() <= 1;
        return plain
                ? text.isEmpty() ? "(empty)" : DisplayText.of(text, LONGEST)
                : String.format(
                        Locale.ROOT,
                        "a text of %d characters, sha256 %s",
                        text.length(),
                        Sha256.of(text).substring(0, DIGITS));
    }
}
