package dev.septet.activities.evaluate.report;

import gg.jte.Content;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Counts as a table with a bar beside each number, so that the numbers can be read without the bars.
 *
 * @param id id of its heading, unique on its page
 * @param note one sentence that says what is counted; may be empty
 * @param unit what the numbers count, such as {@code rows}
 */
public record BarTable(String id, String title, String note, String unit, List<Bar> bars) {
    private static final int NAME = 80;

    public BarTable {
        bars = List.copyOf(bars);
    }

    /**
     * One line.
     *
     * @param detail a further number in words; may be empty
     * @param part its part of the longest bar, 0 to 1
     */
    public record Bar(String name, long value, String detail, double part) {
        /** The name, safe to show. */
        public String shown() {
            return DisplayText.of(name, NAME);
        }

        /** The number for people. */
        public String number() {
            return String.format(Locale.ROOT, "%,d", value);
        }

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

    /** A table of counts by name, in their order. */
    static BarTable of(String id, String title, String note, String unit, Map<String, Long> counts) {
        long most = Math.max(
                1, counts.values().stream().mapToLong(Long::longValue).max().orElse(1));
        long all =
                Math.max(1, counts.values().stream().mapToLong(Long::longValue).sum());
        List<Bar> bars = new ArrayList<>();
        counts.forEach((name, count) -> bars.add(new Bar(
                name, count, String.format(Locale.ROOT, "%.1f %%", 100.0 * count / all), (double) count / most)));
        return new BarTable(id, title, note, unit, bars);
    }
}
