package dev.septet.activities.evaluate;

import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.septet.activities.evaluate.gate.McNemar;
import dev.septet.activities.evaluate.report.SummaryLine;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.workflows.artifact.Score;
import java.io.IOException;
import java.util.List;

/**
 * {@code results.json}: the findings for machines. Keys are sorted, nothing in it depends on when
 * or by which run it was made, and equal findings give equal bytes. A number that is missing is the
 * text {@code "NaN"}.
 */
final class ResultsJson {
    /** Grows when a reader of the older form would misread the newer. */
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
        ObjectNode settings = root.putObject("settings");
        settings.put("maxNewTokens", evaluation.spec().maxNewTokens());
        settings.put("precision", evaluation.tuned().computed().name());
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
