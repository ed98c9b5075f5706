package dev.septet.activities.evaluate.report;

import dev.septet.activities.evaluate.gate.Figures;
import java.math.BigDecimal;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;

/**
 * Values with their intervals on one axis, as an SVG element with a description in words.
 *
 * @param id id of the element, unique on its page
 */
public record IntervalPlot(String id, String title, List<Mark> marks) {
    private static final int WIDTH = 420;
    private static final int LEFT = 26;
    private static final int RIGHT = 18;
    private static final int ROW = 24;
    private static final int BOTTOM = 26;

    /**
     * One value.
     *
     * @param label one or two letters
     * @param low NaN without an interval
     * @param strong whether it is the best
     */
    public record Mark(String label, double value, double low, double high, boolean strong) {
        DoubleStream numbers() {
            return DoubleStream.of(value, low, high).filter(Double::isFinite);
        }
    }

    public IntervalPlot {
        marks = marks.stream().filter(mark -> Double.isFinite(mark.value())).toList();
    }

    /** Whether there is nothing to compare. */
    public boolean empty() {
        return marks.size() < 2;
    }

    /** The element. */
    public String svg() {
        int height = ROW * marks.size() + BOTTOM;
        String words = marks.stream()
                .map(mark -> mark.label() + " " + Figures.of(mark.value())
                        + (Double.isNaN(mark.low())
                                ? ""
                                : ", %s to %s".formatted(Figures.of(mark.low()), Figures.of(mark.high()))))
                .collect(Collectors.joining("; "));
        SvgText svg = new SvgText(id, WIDTH, height, title, words);
        Axis axis = Axis.over(marks.stream().flatMapToDouble(Mark::numbers), 4);
        for (BigDecimal tick : axis.ticks()) {
            String at = SvgText.number(across(axis, tick.doubleValue()));
            svg.line("<path class=\"grid\" d=\"M%s 0V%d\"/>", at, height - BOTTOM);
            svg.line(
                    "<text x=\"%s\" y=\"%d\" text-anchor=\"middle\">%s</text>",
                    at, height - BOTTOM + 16, axis.label(tick));
        }
        for (int row = 0; row < marks.size(); row++) {
            Mark mark = marks.get(row);
            double y = ROW * row + ROW / 2.0;
            int series = mark.strong() ? 2 : 1;
            svg.line("<text x=\"4\" y=\"%s\">%s</text>", SvgText.number(y + 4), SvgText.escaped(mark.label()));
            if (!Double.isNaN(mark.low())) {
                svg.line(
                        "<path class=\"curve series-%d\" d=\"M%s %sH%s\"/>",
                        series,
                        SvgText.number(across(axis, mark.low())),
                        SvgText.number(y),
                        SvgText.number(across(axis, mark.high())));
            }
            svg.line(
                    "<circle class=\"point series-%d\" cx=\"%s\" cy=\"%s\" r=\"%s\"/>",
                    series, SvgText.number(across(axis, mark.value())), SvgText.number(y), mark.strong() ? "5" : "4");
        }
        return svg.end();
    }

    private static double across(Axis axis, double value) {
        return LEFT + axis.place(value) * (WIDTH - LEFT - RIGHT);
    }
}
