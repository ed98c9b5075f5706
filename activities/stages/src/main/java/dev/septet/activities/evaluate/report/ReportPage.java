package dev.septet.activities.evaluate.report;

import dev.septet.workflows.artifact.Score;
import dev.septet.workflows.artifact.Verdict;
import gg.jte.Content;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * The content of the report page; {@code report.jte} is its template.
 *
 * @param pipeline name of the pipeline
 * @param ledger the training's curves
 * @param samples some held-out rows, evenly spaced
 * @param misses some rows that the tuned model gets wrong
 * @param data facts about the dataset
 * @param privacy redactions by kind
 * @param forgetting result of the forgetting suite; empty without one
 * @param exam named sets, slices and numbers of rows
 * @param safety what the safety checks found; empty without them
 * @param lineage digests of all inputs
 * @param tables tables of the answers, such as the scores of each label
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
        ExamSections exam,
        List<SummaryLine> safety,
        List<SummaryLine> lineage,
        List<FactTable> tables) {
    /** A table of facts in a section of its own. */
    public record FactTable(String id, String title, List<SummaryLine> facts) {
        public FactTable {
            facts = List.copyOf(facts);
        }
    }

    /** A page without tables of the answers. */
    public ReportPage(
            String pipeline,
            Verdict verdict,
            List<Score> scores,
            LossCurve ledger,
            List<Sample> samples,
            List<Sample> misses,
            List<SummaryLine> data,
            List<SummaryLine> privacy,
            List<SummaryLine> forgetting,
            ExamSections exam,
            List<SummaryLine> safety,
            List<SummaryLine> lineage) {
        this(
                pipeline,
                verdict,
                scores,
                ledger,
                samples,
                misses,
                data,
                privacy,
                forgetting,
                exam,
                safety,
                lineage,
                List.of());
    }

    /**
     * Length limit of a text on the page, in characters; {@code predictions.jsonl} has the rest.
     */
    public static final int MAX_TEXT = 2000;

    public ReportPage {
        scores = List.copyOf(scores);
        samples = List.copyOf(samples);
        misses = List.copyOf(misses);
        data = List.copyOf(data);
        privacy = List.copyOf(privacy);
        forgetting = List.copyOf(forgetting);
        safety = List.copyOf(safety);
        lineage = List.copyOf(lineage);
        tables = List.copyOf(tables);
    }

    /** The complete page: it has no script and loads nothing. */
    public String html() {
        return PageTemplate.html("report.jte", "page", this);
    }

    /** The verdict in words. */
    public String headline() {
        return words(verdict);
    }

    /** A verdict in words. */
    public static String words(Verdict verdict) {
        return switch (verdict) {
            case GO -> "Go";
            case NO_GO -> "No go";
            case INCONCLUSIVE -> "Inconclusive";
        };
    }

    /** One sentence with the reason of the verdict. */
    public String summary() {
        long passed =
                scores.stream().filter(score -> score.verdict() == Verdict.GO).count();
        if (passed == 1 && scores.size() == 1) {
            return "The one check holds.";
        }
        return passed == scores.size()
                ? String.format(Locale.ROOT, "All %d checks hold.", scores.size())
                : String.format(
                        Locale.ROOT,
                        "%d of %d checks hold: %s",
                        passed,
                        scores.size(),
                        scores.stream()
                                .filter(score -> score.verdict() == verdict)
                                .map(Score::why)
                                .findFirst()
                                .orElse("there is nothing to decide on."));
    }

    /** What was checked about the training, and its warnings. */
    public List<SummaryLine> checks() {
        return ledger.checks().lines();
    }

    /** The curves that have values. */
    public List<Chart> charts() {
        return Stream.of(
                        new LineChart(
                                "loss",
                                "Loss",
                                ledger.ofPairs() ? "nats per pair" : "nats per token",
                                List.of(
                                        new LineChart.Series("training", ledger.loss()),
                                        new LineChart.Series("validation", ledger.validationLoss())),
                                ledger.checks().warnings().stream()
                                        .map(warning -> new LineChart.Marker(
                                                warning.step(), warning.kind().words()))
                                        .toList()),
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
     * A chart and its labels.
     *
     * @param names names of its curves, in the order of their colours
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
