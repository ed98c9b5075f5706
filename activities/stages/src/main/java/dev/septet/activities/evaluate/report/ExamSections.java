package dev.septet.activities.evaluate.report;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a report says about named sets of test rows, slices and numbers of rows.
 *
 * @param sets the named sets, and their files
 * @param slices one table for each metric of each column
 * @param power what the gate can decide with the present numbers of rows
 * @param checks what the checks of the exam found
 * @param clusters of failed rows; null where none were searched
 */
public record ExamSections(
        List<SummaryLine> sets,
        List<SliceSection> slices,
        List<SummaryLine> power,
        List<FactSection> checks,
        @Nullable ClusterSection clusters) {
    /** A report without them. */
    public static final ExamSections NONE = new ExamSections(List.of(), List.of(), List.of(), List.of());

    /** Without clusters of failed rows. */
    public ExamSections(
            List<SummaryLine> sets, List<SliceSection> slices, List<SummaryLine> power, List<FactSection> checks) {
        this(sets, slices, power, checks, null);
    }

    public ExamSections {
        sets = List.copyOf(sets);
        slices = List.copyOf(slices);
        power = List.copyOf(power);
        checks = List.copyOf(checks);
    }
}
