package dev.septet.activities.evaluate.benchmark;

import dev.septet.activities.attempt.StageProblem;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * How {@code exact_match} compares an answer with the expected one.
 *
 * @param ignored removed from both texts first
 */
record AnswerComparison(
        TaskValue written,
        List<PythonRegex> ignored,
        boolean ignoreCase,
        boolean ignorePunctuation,
        boolean ignoreNumbers) {
    private static final String PUNCTUATION = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~";
    static final Set<String> KNOWN = Set.of(
            "metric",
            "aggregation",
            "higher_is_better",
            "ignore_case",
            "ignore_punctuation",
            "ignore_numbers",
            "regexes_to_ignore");

    /** Reads an entry of {@code metric_list}. */
    static AnswerComparison read(TaskValue metric) {
        metric.requireKnown(
                KNOWN, Map.of("hf_evaluate", "Septet has no metrics of Hugging Face's evaluate here; remove it"));
        List<PythonRegex> ignored = new ArrayList<>();
        TaskValue regexes = metric.get("regexes_to_ignore");
        if (regexes != null) {
            for (TaskValue regex : regexes.list()) {
                ignored.add(regex(regex));
            }
        }
        return new AnswerComparison(
                metric,
                ignored,
                metric.flag("ignore_case", false),
                metric.flag("ignore_punctuation", false),
                metric.flag("ignore_numbers", false));
    }

    static PythonRegex regex(TaskValue written) {
        try {
            return PythonRegex.of(written.text());
        } catch (PythonRegex.Problem e) {
            throw written.refused(String.valueOf(e.getMessage()), "use a simpler expression");
        }
    }

    boolean equal(String answer, String expected) {
        return compared(answer).equals(compared(expected));
    }

    private String compared(String text) {
        String compared = text;
        try {
            for (PythonRegex regex : ignored) {
                compared = regex.removedFrom(compared);
            }
        } catch (PythonRegex.Problem e) {
            throw problem(e);
        }
        if (ignoreCase) {
            compared = compared.toLowerCase(Locale.ROOT);
        }
        StringBuilder rest = new StringBuilder();
        compared.codePoints()
                .filter(c -> !(ignorePunctuation && PUNCTUATION.indexOf(c) >= 0))
                .filter(c -> !(ignoreNumbers && c >= '0' && c <= '9'))
                .forEach(rest::appendCodePoint);
        return rest.toString();
    }

    private StageProblem problem(PythonRegex.Problem e) {
        return written.refused("has a regular expression that " + e.getMessage(), "use a simpler expression");
    }
}
