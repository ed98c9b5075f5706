package dev.septet.activities.evaluate.report;

import dev.septet.workflows.artifact.Score;
import dev.septet.workflows.artifact.Verdict;
import gg.jte.Content;
import gg.jte.ContentType;
import gg.jte.TemplateEngine;
import gg.jte.output.StringOutput;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * What the report page shows; {@code report.jte} says how.
 *
 * @param pipeline name of the pipeline
 * @param ledger the training's curves
 * @param samples some held-out rows, evenly spread
 * @param misses some rows that the tuned model has not learned
 * @param data what is known of the dataset
 * @param privacy what was redacted, by kind
 * @param forgetting what the forgetting suite says; empty without one
 * @param lineage digests of everything that went in
 */
public record ReportPage(
        String pipeline,
        Verdict verdict,
        List<Score> scores,
        LossCurve ledger,
        List<Sample> samples,
        List<Sample> misses,
        List<SummaryLine> data,
        List<SummaryLine> privacy,
        List<SummaryLine> forgetting,
        List<SummaryLine> lineage) {
    /** Characters of a text that the page shows; the rest is in {@code predictions.jsonl}. */
    public static final int MAX_TEXT = 2000;

    public ReportPage {
        scores = List.copyOf(scores);
        samples = List.copyOf(samples);
        misses = List.copyOf(misses);
        data = List.copyOf(data);
        privacy = List.copyOf(privacy);
        forgetting = List.copyOf(forgetting);
        lineage = List.copyOf(lineage);
    }

    /** The page, whole: no script, and nothing that it would have to load. */
    public String html() {
        StringOutput html = new StringOutput();
        TemplateEngine.createPrecompiled(null, ContentType.Html, ReportPage.class.getClassLoader())
                .render("report.jte", Map.of("page", this), html);
        return html.toString();
    }

    /** The verdict as people say it. */
    public String headline() {
        return said(verdict);
    }

    /** A verdict as people say it. */
    public static String said(Verdict verdict) {
        return switch (verdict) {
            case GO -> "Go";
            case NO_GO -> "No go";
            case INCONCLUSIVE -> "Inconclusive";
        };
    }

    /** One sentence on how the verdict came about. */
    public String summary() {
        long held =
                scores.stream().filter(score -> score.verdict() == Verdict.GO).count();
        if (held == 1 && scores.size() == 1) {
            return "The one check holds.";
        }
        return held == scores.size()
                ? "All %d checks hold.".formatted(scores.size())
                : "%d of %d checks hold: %s"
                        .formatted(
                                held,
                                scores.size(),
                                scores.stream()
                                        .filter(score -> score.verdict() == verdict)
                                        .map(Score::why)
                                        .findFirst()
                                        .orElse("there is nothing to decide on."));
    }

    /** The curves that hold anything. */
    public List<Chart> charts() {
        return Stream.of(
                        new LineChart(
                                "loss",
                                "Loss",
                                ledger.ofPairs() ? "nats per pair" : "nats per token",
                                List.of(
                                        new LineChart.Series("training", ledger.loss()),
                                        new LineChart.Series("validation", ledger.validationLoss()))),
                        new LineChart(
                                "reward-accuracy",
                                "Reward accuracy",
                                "share of pairs",
                                List.of(
                                        new LineChart.Series("training", ledger.rewardAccuracy()),
                                        new LineChart.Series("validation", ledger.validationAccuracy()))),
                        new LineChart(
                                "learning-rate",
                                "Learning rate",
                                "of the schedule",
                                List.of(new LineChart.Series("learning rate", ledger.learningRate()))),
                        new LineChart(
                                "gradient-norm",
                                "Gradient norm",
                                "before clipping",
                                List.of(new LineChart.Series("gradient norm", ledger.gradientNorm()))))
                .filter(chart -> !chart.empty())
                .map(Chart::of)
                .toList();
    }

    /**
     * A chart and the words around it.
     *
     * @param names of its curves, in the order of their colours
     */
    public record Chart(String title, String unit, List<String> names, Content svg) {
        static Chart of(LineChart chart) {
            String svg = chart.svg();
            return new Chart(
                    chart.title(),
                    chart.unit(),
                    chart.series().stream().map(LineChart.Series::name).toList(),
                    output -> output.writeContent(svg));
        }
    }
}
