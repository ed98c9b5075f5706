package dev.septet.activities.result;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Explains in one sentence why a stage runs: what changed since its last result. */
final class RerunReason {
    private static final int NAMED = 4;

    private RerunReason() {}

    static String why(StageKey key, StageResults.@Nullable Finished last) {
        if (last == null) {
            return "first run of this stage of the pipeline";
        }
        Map<String, String> before = values(last.key());
        Map<String, String> now = values(key);
        List<String> changed = new ArrayList<>();
        now.forEach((name, value) -> {
            if (!value.equals(before.get(name))) {
                changed.add(name);
            }
        });
        before.keySet().stream().filter(name -> !now.containsKey(name)).forEach(changed::add);
        if (changed.isEmpty()) {
            return "the result of run %s is no longer stored".formatted(last.runId());
        }
        List<String> named = new ArrayList<>(changed.subList(0, Math.min(NAMED, changed.size())));
        if (changed.size() > NAMED) {
            named.add(String.format(Locale.ROOT, "%d more", changed.size() - NAMED));
        }
        return "because %s changed since run %s".formatted(list(named), last.runId());
    }

    /** A list in words: a, b and c. */
    static String list(List<String> names) {
        int last = names.size() - 1;
        return last <= 0
                ? String.join("", names)
                : String.join(", ", names.subList(0, last)) + " and " + names.get(last);
    }

    private static Map<String, String> values(StageKey key) {
        Map<String, String> values = new LinkedHashMap<>();
        for (StageKey.Part part : key.parts()) {
            values.put(name(part), part.value());
        }
        return values;
    }

    private static String name(StageKey.Part part) {
        return part.word() == null ? part.group() : "`%s` in the %s".formatted(part.word(), part.group());
    }
}
