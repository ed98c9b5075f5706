package dev.septet.activities.evaluate.report;

import dev.septet.activities.evaluate.gate.Figures;
import dev.septet.activities.evaluate.gate.SliceTable;
import dev.septet.workflows.artifact.Verdict;
import gg.jte.Content;
import java.math.BigDecimal;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One metric of each slice, as a table with a bar beside each score.
 *
 * @param id id of its heading, unique on its page
 * @param bounded whether the slices have a bound
 */
public record SliceSection(String id, String title, String note, boolean bounded, List<Line> lines) {
    private static final int NAME = 80;

    public SliceSection {
        lines = List.copyOf(lines);
    }

    /**
     * One slice; texts are for people.
     *
     * @param part its part of the longest bar, 0 to 1
     * @param verdict null when the slice has no bound
     */
    public record Line(
            String name,
            int rows,
            String before,
            String after,
            String interval,
            String gap,
            double part,
            @Nullable Verdict verdict) {
        /** The bar as an SVG element, which has no text. */
        public Content svg() {
            String width = BigDecimal.valueOf(Math.round(part * 1000), 1)
                    .stripTrailingZeros()
                    .toPlainString();
            return output -> output.writeContent(
                    "<svg class=\"bar\" viewBox=\"0 0 100 8\" preserveAspectRatio=\"none\" aria-hidden=\"true\""
                            + " focusable=\"false\"><rect width=\""
                            + width + "\" height=\"8\" rx=\"1\"/></svg>");
        }
    }

    /**
     * The section of a table.
     *
     * @param number distinguishes the sections of a page
     * @param set name of the set of rows; empty for the test split
     */
    public static SliceSection of(int number, String set, SliceTable table) {
        double most = table.slices().stream()
                .mapToDouble(slice -> Math.abs(slice.after()))
                .filter(Double::isFinite)
                .max()
                .orElse(1);
        Double gap = table.maxGap();
        return new SliceSection(
                "slices-" + number,
                "%s by %s%s"
                        .formatted(
                                table.metric(),
                                DisplayText.of(table.by(), NAME),
                                set.isEmpty() ? "" : ", test set " + set),
                String.format(
                        Locale.ROOT,
                        "All %,d rows: %s.%s",
                        table.rows(),
                        Figures.of(table.score()),
                        gap == null
                                ? ""
                                : " No slice may be worse than this by more than %s.".formatted(Figures.share(gap))),
                gap != null,
                table.slices().stream()
                        .map(slice -> line(slice, table.score(), most))
                        .toList());
    }

    private static Line line(SliceTable.Slice slice, double whole, double most) {
        Double before = slice.before();
        double part = most == 0 ? 0 : Math.abs(slice.after()) / most;
        return new Line(
                DisplayText.of(slice.name(), NAME),
                slice.rows(),
                before == null ? "–" : Figures.of(before),
                Figures.of(slice.after()),
                Figures.of(slice.interval()),
                gap(slice, whole),
                Double.isFinite(part) ? part : 0,
                slice.verdict());
    }

    /** Such as {@code 0.12 worse (13.2 %)}. */
    private static String gap(SliceTable.Slice slice, double whole) {
        if (slice.gap() == 0 || Double.isNaN(slice.gap())) {
            return Double.isNaN(slice.gap()) ? "missing" : "none";
        }
        String share =
                whole == 0 ? "" : String.format(Locale.ROOT, " (%s)", Figures.share(slice.gap() / Math.abs(whole)));
        return Figures.of(Math.abs(slice.gap())) + (slice.gap() > 0 ? " worse" : " better") + share;
    }
}
