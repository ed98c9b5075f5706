package dev.septet.activities.evaluate;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.septet.activities.evaluate.gate.Figures;
import dev.septet.activities.evaluate.metric.Outcome;
import dev.septet.activities.evaluate.metric.label.CalibrationError;
import dev.septet.activities.evaluate.metric.label.ConfusionMatrix;
import dev.septet.activities.evaluate.report.ReportPage;
import dev.septet.activities.evaluate.report.SummaryLine;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.dsl.pipeline.evaluate.MetricSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Tables of the tuned model's answers that belong to metrics: scores of each label with the confusion matrix, and the
 * reliability table of its confidence.
 *
 * @param labels null where no metric compares labels, or the answers are none
 * @param reliability empty where no metric reads the confidence, or an answer has none
 */
record AnswerTables(@Nullable ConfusionMatrix labels, List<CalibrationError.Bin> reliability) {
    private static final Set<String> CONFIDENCE = Set.of("calibrationError", "brier");

    /** More classes make a page that nobody reads; {@code results.json} has all. */
    private static final int SHOWN = 30;

    static AnswerTables of(Evaluation evaluation, EvaluationFindings findings) {
        List<MetricSpec> metrics = evaluation.spec().metrics();
        List<Outcome> outcomes = new ArrayList<>();
        for (int row = 0; row < findings.after().size(); row++) {
            outcomes.add(
                    findings.after().get(row).against(evaluation.test().rows().get(row)));
        }
        ConfusionMatrix labels = null;
        if (metrics.stream().anyMatch(metric -> ConfusionMatrix.belongsTo(metric.name()))) {
            List<@Nullable String> answers = new ArrayList<>();
            outcomes.forEach(outcome -> answers.add(outcome.answer()));
            labels = ConfusionMatrix.of(
                            outcomes.stream().map(Outcome::reference).toList(), answers)
                    .orElse(null);
        }
        boolean confidence = metrics.stream().anyMatch(metric -> CONFIDENCE.contains(metric.name()));
        return new AnswerTables(labels, confidence ? new CalibrationError().table(outcomes) : List.of());
    }

    /** Adds the tables to {@code results.json}; nothing where there are none. */
    void write(ObjectNode root) {
        ConfusionMatrix matrix = labels;
        if (matrix != null) {
            ObjectNode node = root.putObject("labels");
            node.set("confusion", SpecJson.mapper().valueToTree(matrix));
            node.set("scores", SpecJson.mapper().valueToTree(matrix.scores()));
        }
        if (!reliability.isEmpty()) {
            ArrayNode bins = root.putArray("reliability");
            reliability.forEach(bin -> bins.add(SpecJson.mapper().<ObjectNode>valueToTree(bin)));
        }
    }

    /** The tables of the report page. */
    List<ReportPage.FactTable> pages() {
        List<ReportPage.FactTable> pages = new ArrayList<>();
        ConfusionMatrix matrix = labels;
        if (matrix != null && matrix.classes().size() <= SHOWN) {
            List<SummaryLine> lines = new ArrayList<>();
            for (int at = 0; at < matrix.classes().size(); at++) {
                lines.add(line(matrix, at));
            }
            pages.add(new ReportPage.FactTable("labels", "Labels", lines));
        }
        if (!reliability.isEmpty()) {
            pages.add(new ReportPage.FactTable(
                    "reliability",
                    "Confidence",
                    reliability.stream()
                            .map(bin -> new SummaryLine(
                                    "up to " + Figures.of(bin.to()),
                                    String.format(
                                            Locale.ROOT,
                                            "%d answers, %s correct at a mean confidence of %s",
                                            bin.rows(),
                                            Figures.of(bin.accuracy()),
                                            Figures.of(bin.confidence()))))
                            .toList()));
        }
        return pages;
    }

    private static SummaryLine line(ConfusionMatrix matrix, int at) {
        ConfusionMatrix.ClassScore score = matrix.scores().get(at);
        StringBuilder text = new StringBuilder(String.format(
                Locale.ROOT,
                "F1 %s, precision %s, recall %s, %d rows",
                Figures.of(score.f1()),
                Figures.of(score.precision()),
                Figures.of(score.recall()),
                score.rows()));
        String lead = "; answered as ";
        for (int other = 0; other < matrix.rows().get(at).size(); other++) {
            int count = matrix.rows().get(at).get(other);
            if (other != at && count > 0) {
                text.append(lead)
                        .append(
                                other < matrix.classes().size()
                                        ? "'" + matrix.classes().get(other) + "'"
                                        : "no label")
                        .append(' ')
                        .append(count)
                        .append(count == 1 ? " time" : " times");
                lead = ", ";
            }
        }
        return new SummaryLine(score.label().isEmpty() ? "(empty)" : score.label(), text.toString());
    }
}
