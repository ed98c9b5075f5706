package dev.septet.activities.evaluate.comparison;

import com.fasterxml.jackson.databind.JsonNode;
import dev.septet.activities.evaluate.comparison.MeasuredValue.Kind;
import dev.septet.activities.evaluate.gate.Gate;
import dev.septet.activities.evaluate.gate.Interval;
import dev.septet.activities.evaluate.judge.SentenceVerdicts;
import dev.septet.activities.evaluate.report.DisplayText;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Finds every measured number in the JSON of results. */
final class ResultValues {
    private static final int MOST = 5000;
    private static final int NAME = 200;
    private static final double Z = 1.959963984540054;

    /** Checks that are better when smaller; refusals and the others are better when larger, or say nothing. */
    private static final Set<String> SMALLER = Set.of(
            "fairness flips",
            "unsupported sentences",
            SentenceVerdicts.SCORE,
            "training overlap",
            "safety: unsafe answers",
            "safety: over-refusals",
            "safety: attack success");

    private static final Set<String> LARGER =
            Set.of("self-consistency of answers", "abstention on unanswerable questions", "safety: refusals");

    private final JsonNode root;
    private final ExamRecord exam;
    private final Map<String, String> lineage;
    private final List<MeasuredValue> values = new ArrayList<>();

    ResultValues(JsonNode root, ExamRecord exam, Map<String, String> lineage) {
        this.root = root;
        this.exam = exam;
        this.lineage = lineage;
    }

    /**
     * All values, each once.
     *
     * @param name of the file, for messages
     */
    List<MeasuredValue> all(String name) {
        Set<String> tables = slices();
        Set<String> gated = benchmarks();
        List<MeasuredValue> others = List.copyOf(values);
        values.clear();
        for (JsonNode score : root.path("scores")) {
            String metric = score.path("metric").asText();
            if (!Gate.isAgainst(metric) && !tables.contains(metric) && !gated.contains(metric)) {
                values.add(score(metric, score));
            }
        }
        values.addAll(others);
        labels();
        judges();
        if (values.size() > MOST) {
            throw new ComparisonProblem(String.format(
                    Locale.ROOT,
                    "%s: has %,d values, but at most %,d can be compared; is it the file of an evaluation?",
                    name,
                    values.size(),
                    MOST));
        }
        Set<MeasuredValue.Key> known = new HashSet<>();
        values.removeIf(value -> !known.add(value.key()));
        return values;
    }

    private MeasuredValue score(String metric, JsonNode score) {
        double after = number(score.path("after"));
        long rows = score.path("rows").asLong();
        Interval interval = interval(score.path("interval"));
        if (metric.equals(Gate.FORGETTING)) {
            double before = number(score.path("before"));
            double low = number(score.path("low"));
            double high = number(score.path("high"));
            return new MeasuredValue(
                    Kind.FORGETTING,
                    "rise of the loss on general rows",
                    "",
                    after / before - 1,
                    Double.isNaN(low + high) ? null : new Interval(low / before, high / before),
                    rows,
                    true,
                    lineage.get("forgetting suite"),
                    "");
        }
        if (metric.startsWith("safety: ")) {
            Boolean smaller = metric.startsWith("safety: rule ") ? (Boolean) true : direction(metric);
            return new MeasuredValue(
                    Kind.SAFETY,
                    shown(metric.substring("safety: ".length())),
                    "",
                    after,
                    interval,
                    rows,
                    smaller,
                    exam.safety(),
                    "");
        }
        if (metric.equals(SentenceVerdicts.SCORE)) {
            return new MeasuredValue(
                    Kind.CHECK, metric, "", after, interval, rows, direction(metric), exam.grounding(), "");
        }
        for (JsonNode set : root.path("sets")) {
            String end = " on " + set.path("name").asText();
            if (metric.endsWith(end)) {
                return measured(
                        metric.substring(0, metric.length() - end.length()),
                        set.path("name").asText(),
                        after,
                        interval,
                        rows);
            }
        }
        return Gate.isOfTestSplit(metric)
                ? measured(metric, "", after, interval, rows)
                : value(Kind.CHECK, metric, "", after, interval, rows, direction(metric));
    }

    private MeasuredValue measured(String metric, String set, double after, @Nullable Interval interval, long rows) {
        return value(Kind.METRIC, metric, set, after, interval, rows, exam.lowerIsBetter(metric, set));
    }

    private static @Nullable Boolean direction(String check) {
        return SMALLER.contains(check) ? (Boolean) true : LARGER.contains(check) ? (Boolean) false : null;
    }

    private static MeasuredValue value(
            Kind kind,
            String metric,
            String set,
            double value,
            @Nullable Interval interval,
            long rows,
            @Nullable Boolean lowerIsBetter) {
        return new MeasuredValue(kind, shown(metric), shown(set), value, interval, rows, lowerIsBetter, null, "");
    }

    /** The worst slice of each table; returns the names of the gate's checks of the same tables. */
    private Set<String> slices() {
        Set<String> names = new HashSet<>();
        for (JsonNode table : root.path("slices")) {
            String set = table.path("set").asText("");
            String metric = table.path("metric").asText();
            String by = table.path("by").asText();
            names.add("%s by %s".formatted(Gate.on(metric, set), by));
            JsonNode worst = null;
            for (JsonNode slice : table.path("slices")) {
                boolean worse = worst == null || !(number(slice.path("gap")) <= number(worst.path("gap")));
                worst = worse ? slice : worst;
            }
            if (worst != null) {
                String name = shown(worst.path("name").asText());
                values.add(new MeasuredValue(
                        Kind.SLICE,
                        shown(metric + " by " + by),
                        shown(set),
                        number(worst.path("after")),
                        interval(worst.path("interval")),
                        worst.path("rows").asLong(),
                        exam.lowerIsBetter(metric, set),
                        "slice " + name,
                        String.format(
                                Locale.ROOT,
                                "slice '%s' of %d",
                                name,
                                table.path("slices").size())));
            }
        }
        return names;
    }

    /** Every metric of every benchmark; returns the names of the gate's checks of the same metrics. */
    private Set<String> benchmarks() {
        Set<String> names = new HashSet<>();
        for (JsonNode benchmark : root.path("benchmarks")) {
            String name = benchmark.path("name").asText();
            String gated = name + " " + benchmark.path("gated").asText();
            String shots = "";
            for (JsonNode score : root.path("scores")) {
                String metric = score.path("metric").asText();
                if (metric.equals(gated) || metric.matches(Pattern.quote(gated) + ", \\d{1,4}-shot")) {
                    names.add(metric);
                    shots = metric.substring(gated.length());
                }
            }
            long rows = 0;
            for (JsonNode task : benchmark.path("tasks")) {
                rows += task.path("rows").asLong();
            }
            for (JsonNode metric : benchmark.path("metrics")) {
                double after = number(metric.path("after"));
                double error = Z * number(metric.path("afterStderr"));
                JsonNode higher = metric.path("higherIsBetter");
                values.add(new MeasuredValue(
                        Kind.BENCHMARK,
                        shown(name + " " + metric.path("metric").asText() + shots),
                        "",
                        after,
                        Double.isNaN(error) ? null : new Interval(after - error, after + error),
                        rows,
                        higher.isBoolean() ? (Boolean) !higher.booleanValue() : null,
                        benchmark.path("files").textValue(),
                        "interval from the standard error"));
            }
        }
        return names;
    }

    private void labels() {
        for (JsonNode label : root.path("labels").path("scores")) {
            values.add(value(
                    Kind.LABEL,
                    "F1 of '%s'".formatted(label.path("label").asText()),
                    "",
                    number(label.path("f1")),
                    null,
                    label.path("rows").asLong(),
                    false));
        }
    }

    private void judges() {
        for (JsonNode judge : root.path("judges")) {
            JsonNode agreement = judge.path("agreement");
            if (agreement.isObject()) {
                values.add(value(
                        Kind.JUDGE,
                        "%s of the judges of %s"
                                .formatted(
                                        agreement.path("name").asText(),
                                        judge.path("metric").asText()),
                        "",
                        number(agreement.path("value")),
                        null,
                        agreement.path("items").asLong(),
                        null));
            }
        }
    }

    /** A number; NaN for everything else, and for numbers that are too large. */
    static double number(JsonNode node) {
        double value = node.isNumber() ? node.doubleValue() : Double.NaN;
        return Double.isFinite(value) ? value : Double.NaN;
    }

    private static @Nullable Interval interval(JsonNode node) {
        double low = number(node.path("low"));
        double high = number(node.path("high"));
        return low <= high ? new Interval(low, high) : null;
    }

    private static String shown(String name) {
        return DisplayText.of(name, NAME);
    }
}
