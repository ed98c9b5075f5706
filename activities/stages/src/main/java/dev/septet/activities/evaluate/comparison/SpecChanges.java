package dev.septet.activities.evaluate.comparison;

import com.fasterxml.jackson.databind.JsonNode;
import dev.septet.activities.evaluate.report.DisplayText;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What differs between the pipeline files of two runs.
 *
 * @param run index of the run that is compared with the baseline
 * @param equal whether both have the same spec; null where a digest is not recorded
 * @param changes each setting that differs, by its path in the spec's JSON; empty where a spec is not known
 * @param note why changes are not listed; empty when they are
 */
public record SpecChanges(int run, @Nullable Boolean equal, List<Change> changes, String note) {
    private static final int LONGEST = 120;
    private static final int MOST = 500;
    private static final String DIGEST = "pipeline spec";

    /** One setting; null where a file does not set it. */
    public record Change(
            String path, @Nullable String was, @Nullable String now) {}

    public SpecChanges {
        changes = List.copyOf(changes);
    }

    static SpecChanges between(ComparedRun baseline, ComparedRun other, int run) {
        String was = baseline.results().lineage(DIGEST);
        String now = other.results().lineage(DIGEST);
        Boolean equal = (was == null || now == null) ? null : (Boolean) was.equals(now);
        JsonNode first = baseline.spec();
        JsonNode second = other.spec();
        if (first == null || second == null) {
            String missing = first == null ? baseline.name() : other.name();
            return new SpecChanges(
                    run,
                    equal,
                    List.of(),
                    Boolean.TRUE.equals(equal)
                            ? ""
                            : "the pipeline file of %s is not known here, so its settings cannot be listed"
                                    .formatted(missing));
        }
        List<Change> changes = new ArrayList<>();
        collect("", first, second, changes);
        return new SpecChanges(run, changes.isEmpty(), changes, "");
    }

    private static void collect(String path, JsonNode was, JsonNode now, List<Change> changes) {
        if (was.equals(now) || changes.size() >= MOST) {
            return;
        }
        if (was.isObject() && now.isObject()) {
            TreeSet<String> names = new TreeSet<>();
            was.fieldNames().forEachRemaining(names::add);
            now.fieldNames().forEachRemaining(names::add);
            for (String name : names) {
                collect(path.isEmpty() ? name : path + "." + name, was.path(name), now.path(name), changes);
            }
        } else if (was.isArray() && now.isArray()) {
            for (int at = 0; at < Math.max(was.size(), now.size()); at++) {
                collect("%s[%d]".formatted(path, at), was.path(at), now.path(at), changes);
            }
        } else {
            changes.add(new Change(DisplayText.of(path, 200), text(was), text(now)));
        }
    }

    private static @Nullable String text(JsonNode node) {
        return node.isMissingNode() || node.isNull()
                ? null
                : DisplayText.of(node.isTextual() ? node.textValue() : node.toString(), LONGEST);
    }
}
