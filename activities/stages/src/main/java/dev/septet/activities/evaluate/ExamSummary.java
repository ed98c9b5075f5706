package dev.septet.activities.evaluate;

import dev.septet.activities.evaluate.gate.SliceTable;
import dev.septet.activities.evaluate.report.ExamSections;
import dev.septet.activities.evaluate.report.SliceSection;
import dev.septet.activities.evaluate.report.SummaryLine;
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
        return new ExamSections(sets, slices, List.of(), findings.checks().sections());
    }
}
