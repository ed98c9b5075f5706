package dev.septet.activities.report;

import dev.septet.activities.evaluate.report.TrendChart;
import dev.septet.workflows.artifact.Score;
import java.util.ArrayList;
import java.util.List;

/** The charts of a pipeline's metrics over its versions. */
public final class VersionTrends {
    private static final int MOST = 4;
    private static final int DAY = 10;

    private VersionTrends() {}

    /**
     * A chart for each of the first metrics that has values in two versions or more.
     *
     * @param versions oldest first
     * @param metrics the metrics, most important first
     */
    public static List<TrendChart> of(List<PipelineVersion> versions, List<Score> metrics) {
        List<TrendChart> charts = new ArrayList<>();
        for (Score main : metrics.subList(0, Math.min(MOST, metrics.size()))) {
            List<TrendChart.Point> points = new ArrayList<>();
            for (PipelineVersion version : versions) {
                version.scores().stream()
                        .filter(score -> score.metric().equals(main.metric()))
                        .findFirst()
                        .ifPresent(score -> points.add(point(version, score)));
            }
            TrendChart chart = new TrendChart("trend-" + charts.size(), main.metric(), points);
            if (!chart.empty()) {
                charts.add(chart);
            }
        }
        return charts;
    }

    private static TrendChart.Point point(PipelineVersion version, Score score) {
        Double base = score.before();
        Double low = score.low();
        Double high = score.high();
        Double from = base == null || low == null ? null : Double.valueOf(base + low);
        Double to = base == null || high == null ? null : Double.valueOf(base + high);
        return new TrendChart.Point(
                version.name(),
                RunFactTables.time(version.startedMillis()).substring(0, DAY),
                version.published() != null,
                score.after(),
                from,
                to);
    }
}
