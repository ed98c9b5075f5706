package dev.septet.activities.evaluate;

import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.septet.activities.evaluate.comparison.ExamRecord;
import dev.septet.activities.evaluate.gate.McNemar;
import dev.septet.activities.evaluate.gate.PowerForecast;
import dev.septet.activities.evaluate.gate.SliceTable;
import dev.septet.activities.evaluate.judge.JudgeTables;
import dev.septet.activities.evaluate.report.SummaryLine;
import dev.septet.activities.evaluate.safety.SafetyFindings;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.workflows.artifact.Score;
import dev.septet.workflows.artifact.TrainingWarning;
import java.io.IOException;
import java.util.List;

/**
 * Writes {@code results.json}: the findings for programs. Keys are sorted. The content does not
 * depend on the time or the run, and equal findings give equal bytes. A missing number is the text
 * {@code "NaN"}.
 */
final class ResultsJson {
    /** Increased when a reader of the older format would misread the newer one. */
    static final int VERSION = 1;

    private ResultsJson() {}

    static String of(
            Evaluation evaluation,
            EvaluationFindings findings,
            List<SummaryLine> lineage,
            List<TrainingWarning> warnings)
            throws IOException {
        ObjectNode root = SpecJson.mapper().createObjectNode();
        ObjectNode origin = root.putObject("lineage");
        lineage.forEach(fact -> origin.put(fact.name(), fact.value()));
        root.put("rows", evaluation.test().rows().size());
        ArrayNode scores = root.putArray("scores");
        for (Score score : findings.scores()) {
            ObjectNode node = SpecJson.mapper().valueToTree(score);
            node.set(
                    "interval",
                    SpecJson.mapper().valueToTree(findings.intervals().get(score.metric())));
            McNemar mcnemar = findings.mcnemar();
            if (mcnemar != null && score.metric().equals("exactMatch")) {
                node.set("mcnemar", SpecJson.mapper().valueToTree(mcnemar));
            }
            scores.add(node);
        }
        AnswerTables.of(evaluation, findings).write(root);
        new JudgeTables(findings.judges()).write(root);
        if (!findings.benchmarks().isEmpty()) {
            ArrayNode benchmarks = root.putArray("benchmarks");
            findings.benchmarks().forEach(one -> benchmarks.add(one.json()));
        }
        sets(root, evaluation, findings);
        ExamRecord.write(
                root,
                evaluation.all().stream()
                        .map(set -> new ExamRecord.Test(set.name(), set.spec()))
                        .toList(),
                evaluation.base().folder(),
                findings.safety());
        slices(root, findings);
        List<PowerForecast> power = ExamSummary.forecasts(evaluation);
        if (!power.isEmpty()) {
            root.set("power", SpecJson.mapper().valueToTree(power));
        }
        findings.checks()
                .details()
                .forEach((check, found) -> root.set(check, SpecJson.mapper().valueToTree(found)));
        SafetyFindings safety = findings.safety();
        if (safety != null) {
            root.set("safety", safety.json());
        }
        ObjectNode settings = root.putObject("settings");
        settings.put("maxNewTokens", evaluation.spec().maxNewTokens());
        settings.put("precision", evaluation.tuned().computedIn());
        settings.put("seed", evaluation.seed());
        if (!warnings.isEmpty()) {
            root.set("trainingWarnings", SpecJson.mapper().valueToTree(warnings));
        }
        root.put("verdict", findings.verdict().name());
        root.put("version", VERSION);
        DefaultPrettyPrinter printer = new DefaultPrettyPrinter();
        DefaultIndenter indenter = new DefaultIndenter("  ", "\n");
        printer.indentObjectsWith(indenter);
        printer.indentArraysWith(indenter);
        return SpecJson.mapper()
                        .writer(printer)
                        .writeValueAsString(SpecJson.mapper().treeToValue(root, Object.class))
                + "\n";
    }

    private static void sets(ObjectNode root, Evaluation evaluation, EvaluationFindings findings) {
        if (evaluation.sets().isEmpty()) {
            return;
        }
        ArrayNode sets = root.putArray("sets");
        for (int at = 0; at < evaluation.sets().size(); at++) {
            TestSet set = evaluation.sets().get(at);
            TestSet.Findings found = findings.sets().get(at + 1); // after the test split
            ObjectNode node = sets.addObject();
            node.put("name", set.name());
            node.put("file", set.source());
            node.put("rows", set.rows().rows().size());
            if (found.mcnemar() != null) {
                node.set("mcnemar", SpecJson.mapper().valueToTree(found.mcnemar()));
            }
        }
    }

    /** Every slice of every set; a table without {@code set} is about the test split. */
    private static void slices(ObjectNode root, EvaluationFindings findings) {
        if (findings.sets().stream().allMatch(set -> set.slices().isEmpty())) {
            return;
        }
        ArrayNode tables = root.putArray("slices");
        for (TestSet.Findings set : findings.sets()) {
            for (SliceTable table : set.slices()) {
                ObjectNode node = SpecJson.mapper().valueToTree(table);
                if (!set.set().isEmpty()) {
                    node.put("set", set.set());
                }
                tables.add(node);
            }
        }
    }
}
