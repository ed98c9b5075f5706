package dev.septet.activities.evaluate.comparison;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.septet.activities.evaluate.gate.Interval;
import dev.septet.activities.evaluate.report.SpecDiff;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.workflows.artifact.Verdict;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A comparison for programs. Runs are named as the user named them. A number that is missing is the text {@code "NaN"}, and
 * what is not recorded has no property.
 */
public final class ComparisonJson {
    /** Increased when a reader of the older format would misread the newer one. */
    private static final int VERSION = 1;

    private static final String INTERVAL = "interval";

    private ComparisonJson() {}

    /** The JSON of a comparison. */
    public static ObjectNode of(RunComparison comparison) {
        ObjectNode root = SpecJson.mapper().createObjectNode();
        root.put("version", VERSION);
        root.put("baseline", name(comparison, comparison.baseline()));
        ArrayNode runs = root.putArray("runs");
        for (ComparedRun run : comparison.runs()) {
            ObjectNode node = runs.addObject();
            node.put("name", run.name());
            node.put("source", run.source());
            Verdict verdict = run.results().verdict();
            if (verdict != null) {
                node.put("verdict", verdict.name());
            }
            node.set("gate", SpecJson.mapper().valueToTree(run.results().gate()));
        }
        ArrayNode measures = root.putArray("measures");
        for (RunComparison.Line line : comparison.rows()) {
            measure(measures.addObject(), comparison, line);
        }
        ArrayNode facts = root.putArray("facts");
        for (RunComparison.Fact fact : comparison.facts()) {
            ObjectNode node = facts.addObject().put("name", fact.name());
            ObjectNode values = node.putObject("values");
            for (int run = 0; run < fact.values().size(); run++) {
                String value = fact.values().get(run);
                if (value != null) {
                    values.put(name(comparison, run), value);
                }
            }
        }
        ArrayNode changes = root.putArray("changes");
        for (SpecChanges change : comparison.changes()) {
            ObjectNode node = changes.addObject().put("run", name(comparison, change.run()));
            if (change.equal() != null) {
                node.put("equal", change.equal());
            }
            ArrayNode settings = node.putArray("settings");
            for (SpecDiff.Change each : change.changes()) {
                settings.addObject()
                        .put("path", each.path())
                        .put("was", each.before().isEmpty() ? null : each.before())
                        .put("now", each.after().isEmpty() ? null : each.after());
            }
            if (!change.note().isEmpty()) {
                node.put("note", change.note());
            }
        }
        return root;
    }

    private static void measure(ObjectNode node, RunComparison comparison, RunComparison.Line line) {
        node.put("kind", line.kind().name().toLowerCase(Locale.ROOT));
        node.put("metric", line.metric());
        if (!line.set().isEmpty()) {
            node.put("set", line.set());
        }
        Integer best = line.best();
        ArrayNode values = node.putArray("values");
        for (int run = 0; run < line.values().size(); run++) {
            MeasuredValue value = line.values().get(run);
            if (value != null) {
                ObjectNode one = values.addObject();
                one.put("run", name(comparison, run));
                one.put("value", value.value());
                interval(one, value.interval());
                one.put("rows", value.rows());
                if (!value.detail().isEmpty()) {
                    one.put("detail", value.detail());
                }
                if (value.lowerIsBetter() != null) {
                    node.put("lowerIsBetter", value.lowerIsBetter());
                }
            }
        }
        ArrayNode contrasts = node.putArray("differences");
        for (Contrast contrast : line.contrasts()) {
            ObjectNode one = contrasts.addObject();
            one.put("run", name(comparison, contrast.second()));
            one.put("comparable", contrast.comparable());
            if (contrast.method() != Contrast.Method.NONE) {
                one.put("method", contrast.method().words());
                one.put("difference", contrast.difference());
                interval(one, contrast.interval());
                one.put("p", contrast.p());
                one.put("adjusted", contrast.adjusted());
            }
            if (contrast.gained() != null) {
                one.put("gained", contrast.gained());
                one.put("lost", contrast.lost());
            }
            one.set("reasons", SpecJson.mapper().valueToTree(contrast.reasons()));
            one.set("notes", SpecJson.mapper().valueToTree(contrast.notes()));
        }
        if (best != null) {
            node.put("best", name(comparison, best));
        }
    }

    private static void interval(ObjectNode node, @Nullable Interval interval) {
        if (interval != null) {
            node.set(INTERVAL, SpecJson.mapper().valueToTree(interval));
        }
    }

    private static String name(RunComparison comparison, int run) {
        return comparison.runs().get(run).name();
    }
}
