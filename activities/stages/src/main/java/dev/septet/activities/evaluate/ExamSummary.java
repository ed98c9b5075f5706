package dev.septet.activities.evaluate;

import dev.septet.activities.evaluate.gate.PowerForecast;
import dev.septet.activities.evaluate.gate.SliceTable;
import dev.septet.activities.evaluate.report.ExamSections;
import dev.septet.activities.evaluate.report.SliceSection;
import dev.septet.activities.evaluate.report.SummaryLine;
import dev.septet.activities.evaluate.rival.RivalReport;
import dev.septet.activities.evaluate.rival.RivalTables;
import dev.septet.dsl.pipeline.evaluate.EvaluateSpec;
import java.util.ArrayList;
import java.util.List;

/** The sections of the report about named sets and slices. */
final class ExamSummary {
    private ExamSummary() {}

    static ExamSections of(Evaluation evaluation, EvaluationFindings findings) {
        List<SummaryLine> sets = evaluation.sets().stream()
                .map(set -> new SummaryLine(
                        set.name(),
                        "%s, %,d rows".formatted(set.source(), set.rows().rows().size())))
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
                findings.checks().details().get(RivalReport.NAME) instanceof RivalReport rivals
                        ? RivalTables.of(rivals)
                        : List.of());
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
