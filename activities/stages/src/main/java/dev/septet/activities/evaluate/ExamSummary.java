package dev.septet.activities.evaluate;

import dev.septet.activities.evaluate.cluster.ErrorClusterFindings;
import dev.septet.activities.evaluate.cluster.ErrorClusters;
import dev.septet.activities.evaluate.gate.Figures;
import dev.septet.activities.evaluate.gate.PowerForecast;
import dev.septet.activities.evaluate.gate.SliceTable;
import dev.septet.activities.evaluate.report.ClusterSection;
import dev.septet.activities.evaluate.report.ExamSections;
import dev.septet.activities.evaluate.report.SliceSection;
import dev.septet.activities.evaluate.report.SummaryLine;
import dev.septet.activities.evaluate.rival.RivalReport;
import dev.septet.activities.evaluate.rival.RivalTables;
import dev.septet.dsl.pipeline.evaluate.EvaluateSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The sections of the report about named sets and slices. */
final class ExamSummary {
    /** Samples of each cluster. */
    private static final int SAMPLES = 2;

    private ExamSummary() {}

    static ExamSections of(Evaluation evaluation, EvaluationFindings findings) {
        List<SummaryLine> sets = evaluation.sets().stream()
                .map(set -> new SummaryLine(
                        set.name(),
                        String.format(
                                Locale.ROOT,
                                "%s, %,d rows",
                                set.source(),
                                set.rows().rows().size())))
                .toList();
        List<SliceSection> slices = new ArrayList<>();
        for (TestSet.Findings found : findings.sets()) {
            for (SliceTable table : found.slices()) {
                slices.add(SliceSection.of(slices.size() + 1, found.set(), table));
            }
        }
        return new ExamSections(
                sets,
                slices,
                power(evaluation),
                findings.checks().sections(),
                clusters(evaluation, findings),
                findings.checks().details().get(RivalReport.NAME) instanceof RivalReport rivals
                        ? RivalTables.of(rivals)
                        : List.of());
    }

    private static @Nullable ClusterSection clusters(Evaluation evaluation, EvaluationFindings findings) {
        ErrorClusterFindings found = findings.checks().clusters();
        if (found == null) {
            return null;
        }
        ErrorClusters clusters = found.clusters();
        List<ClusterSection.Line> lines = new ArrayList<>();
        for (int at = 0; at < clusters.clusters().size(); at++) {
            ErrorClusters.Cluster cluster = clusters.clusters().get(at);
            lines.add(new ClusterSection.Line(
                    cluster.name(),
                    cluster.rows(),
                    cluster.failed(),
                    Figures.share(cluster.rate()),
                    Figures.of(cluster.interval()),
                    Figures.share(cluster.share()),
                    String.join(
                            ", ",
                            cluster.words().stream()
                                    .map(ErrorClusters.NamedWord::word)
                                    .toList()),
                    found.request().clusters().get(at).inWords(),
                    cluster.exampleRows().stream()
                            .limit(Math.min(SAMPLES, evaluation.spec().samples()))
                            .map(row -> Samples.sample(evaluation.test(), findings, row))
                            .toList()));
        }
        Integer all = clusters.sampledFrom();
        return new ClusterSection(
                String.format(
                        Locale.ROOT,
                        "%,d of %,d rows fail: %s.%s%s",
                        clusters.failed(),
                        clusters.rows(),
                        clusters.rule(),
                        all == null ? "" : String.format(Locale.ROOT, " The rows are a sample of %,d.", all),
                        lines.isEmpty()
                                ? ""
                                : String.format(Locale.ROOT, " %,d failed rows are in no cluster.", clusters.others())),
                clusters.note(),
                lines);
    }

    /** What the checks can decide; empty for a pipeline without sets and slices. */
    static List<PowerForecast> forecasts(Evaluation evaluation) {
        EvaluateSpec spec = evaluation.spec();
        return spec.tests().isEmpty() && spec.slices().isEmpty()
                ? List.of()
                : evaluation.all().stream()
                        .map(set -> PowerForecast.of(
                                set.name(), set.spec(), set.rows().rows().size()))
                        .filter(forecast -> !forecast.checks().isEmpty())
                        .toList();
    }

    private static List<SummaryLine> power(Evaluation evaluation) {
        List<SummaryLine> lines = new ArrayList<>();
        for (PowerForecast forecast : forecasts(evaluation)) {
            for (PowerForecast.Check check : forecast.checks()) {
                lines.add(new SummaryLine(
                        forecast.set().isEmpty()
                                ? check.name()
                                : "%s, test set %s".formatted(check.name(), forecast.set()),
                        check.words()));
            }
        }
        return lines;
    }
}
