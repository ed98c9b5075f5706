package dev.septet.activities.evaluate;

import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.septet.activities.evaluate.gate.McNemar;
import dev.septet.activities.evaluate.judge.JudgeTables;
import dev.septet.activities.evaluate.report.SummaryLine;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.workflows.artifact.Score;
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

    static String of(Evaluation evaluation, EvaluationFindings findings, List<SummaryLine> lineage) throws IOException {
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
        ObjectNode settings = root.putObject("settings");
        settings.put("maxNewTokens", evaluation.spec().maxNewTokens());
        settings.put("precision", evaluation.tuned().computedIn());
        settings.put("seed", evaluation.seed());
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
}
