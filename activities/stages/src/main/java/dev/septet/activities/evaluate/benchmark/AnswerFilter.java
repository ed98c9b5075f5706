package dev.septet.activities.evaluate.benchmark;

import dev.septet.dsl.text.PublicText;
import dev.septet.llm.template.jinja.value.PythonText;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * An entry of {@code filter_list}: steps from a generated answer to the text that is compared. There is one answer for each
 * row, so steps that choose among answers ({@code take_first}, {@code majority_vote}) change nothing.
 */
record AnswerFilter(String name, List<UnaryOperator<String>> steps) {
    /** Without {@code filter_list}. */
    static final AnswerFilter NONE = new AnswerFilter("none", List.of());

    private static final Set<String> NAMES = Set.of("name", "filter");
    private static final Set<String> REGEX_NAMES = Set.of("function", "regex_pattern", "group_select", "fallback");
    private static final Set<String> CHOOSING = Set.of("take_first", "majority_vote");
    private static final int MOST = 1000;

    /** Reads the setting. */
    static List<AnswerFilter> read(@Nullable TaskValue written) {
        if (written == null) {
            return List.of(NONE);
        }
        List<AnswerFilter> filters = new ArrayList<>();
        for (TaskValue entry : written.list()) {
            entry.requireKnown(NAMES, Map.of());
            List<UnaryOperator<String>> steps = new ArrayList<>();
            boolean chosen = false;
            for (TaskValue step : entry.required("filter").list()) {
                String function = step.required("function").text();
                chosen |= CHOOSING.contains(function);
                steps.add(step(step, function));
            }
            String name = entry.required("name").text();
            if (!chosen) {
                throw entry.refused(
                        "has no step that chooses an answer", "end the filter with `- function: take_first`");
            }
            if (filters.stream().anyMatch(filter -> filter.name.equals(name)) || filters.size() > MOST) {
                throw entry.refused("has the name of another filter", "give each filter its own name");
            }
            filters.add(new AnswerFilter(name, steps));
        }
        if (filters.isEmpty()) {
            throw written.refused("is empty", "remove it, or name a filter");
        }
        return filters;
    }

    private static UnaryOperator<String> step(TaskValue step, String function) {
        return switch (function) {
            case "take_first", "majority_vote" -> UnaryOperator.identity();
            case "remove_whitespace" -> PythonText::strip;
            case "lowercase" -> text -> text.toLowerCase(Locale.ROOT);
            case "uppercase" -> text -> text.toUpperCase(Locale.ROOT);
            case "regex" -> regex(step);
            case "map" -> map(step);
            default ->
                throw step.required("function")
                        .refused(
                                "is " + PublicText.file(function),
                                "Septet has take_first, majority_vote, remove_whitespace, lowercase, uppercase, regex,"
                                        + " map");
        };
    }

    private static UnaryOperator<String> map(TaskValue step) {
        step.requireKnown(Set.of("function", "mapping_dict", "default_value"), Map.of());
        Map<String, TaskValue> mapping = step.required("mapping_dict").map();
        mapping.values().forEach(TaskValue::text);
        String otherwise = step.required("default_value").text();
        return text -> mapping.containsKey(text) ? mapping.get(text).text() : otherwise;
    }

    /** The chosen match of an expression, of its first group that is not empty; the fallback without one. */
    private static UnaryOperator<String> regex(TaskValue step) {
        step.requireKnown(REGEX_NAMES, Map.of());
        TaskValue pattern = step.get("regex_pattern");
        PythonRegex regex = AnswerComparison.regex(
                pattern == null
                        ? new TaskValue("regex_pattern", "#### (\\-?[0-9\\.\\,]+)", step.file(), step.line())
                        : pattern);
        TaskValue select = step.get("group_select");
        int chosen = select == null ? 0 : select.whole(-MOST, MOST);
        String fallback = step.text("fallback", "[invalid]");
        return text -> {
            try {
                List<List<String>> matches = regex.all(text);
                if (matches.isEmpty()) {
                    return fallback;
                }
                int at = chosen < 0 ? matches.size() + chosen : chosen;
                if (at < 0 || at >= matches.size()) {
                    throw step.refused(
                            String.format(
                                    Locale.ROOT, "selects match %d, but an answer has %d", chosen, matches.size()),
                            "set `group_select` to 0 or -1");
                }
                return first(matches.get(at), regex.hasSeveralGroups(), fallback);
            } catch (PythonRegex.Problem e) {
                throw step.refused("has a regular expression that " + e.getMessage(), "use a simpler expression");
            }
        };
    }

    private static String first(List<String> groups, boolean several, String fallback) {
        String found = several
                ? groups.stream().filter(group -> !group.isEmpty()).findFirst().orElse(fallback)
                : groups.get(0);
        return PythonText.strip(found);
    }

    String apply(String answer) {
        String filtered = answer;
        for (UnaryOperator<String> step : steps) {
            filtered = step.apply(filtered);
        }
        return filtered;
    }
}
