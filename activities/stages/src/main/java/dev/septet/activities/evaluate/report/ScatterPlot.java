package dev.septet.activities.evaluate.report;

import dev.septet.activities.evaluate.gate.Figures;
import java.math.BigDecimal;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Values over a cost, as an SVG element with a description in words. The Pareto front has the points to which no other point
 * is better in one number and at least as good in the other.
 *
 * @param id id of the element, unique on its page
 * @param across what the horizontal axis shows; less is better
 * @param lowerIsBetter whether a smaller value on the vertical axis is better
 */
public record ScatterPlot(String id, String title, String across, boolean lowerIsBetter, List<Point> points) {
    private static final int WIDTH = 420;
    private static final int HEIGHT = 260;
    private static final int LEFT = 56;
    private static final int RIGHT = 24;
    private static final int TOP = 16;
    private static final int BOTTOM = 42;

    /**
     * One point.
     *
     * @param label one or two letters
     */
    public record Point(String label, double x, double y) {}

    public ScatterPlot {
        points = points.stream()
                .filter(point -> Double.isFinite(point.x()) && Double.isFinite(point.y()))
                .toList();
    }

    /** Whether there is nothing to compare. */
    public boolean empty() {
        return points.size() < 2;
    }

    /** The points of the Pareto front, from the smallest cost to the largest. */
    public List<Point> front() {
        return points.stream()
                .filter(point -> points.stream().noneMatch(other -> dominates(other, point)))
                .sorted(Comparator.comparingDouble(Point::x).thenComparing(Point::label))
                .toList();
    }

    private boolean dominates(Point other, Point point) {
        double gain = lowerIsBetter ? point.y() - other.y() : other.y() - point.y();
        return other.x() <= point.x() && gain >= 0 && (other.x() < point.x() || gain > 0);
    }

    /** The element. */
    public String svg() {
        List<Point> front = front();
        SvgText svg = new SvgText(
                id,
                WIDTH,
                HEIGHT,
                title + " over " + across,
                points.stream()
                                .map(point -> "%s: %s at %s"
                                        .formatted(point.label(), Figures.of(point.y()), Figures.of(point.x())))
                                .collect(Collectors.joining("; "))
                        + ". Pareto front: "
                        + front.stream().map(Point::label).collect(Collectors.joining(", ")));
        Axis x = axis(points.stream().map(Point::x).toList());
        Axis y = axis(points.stream().map(Point::y).toList());
        for (BigDecimal tick : y.ticks()) {
            String at = SvgText.number(down(y, tick.doubleValue()));
            svg.line("<path class=\"grid\" d=\"M%d %sH%d\"/>", LEFT, at, WIDTH - RIGHT);
            svg.line("<text x=\"%d\" y=\"%s\" text-anchor=\"end\" dy=\"4\">%s</text>", LEFT - 6, at, y.label(tick));
        }
        for (BigDecimal tick : x.ticks()) {
            String at = SvgText.number(right(x, tick.doubleValue()));
            svg.line("<path class=\"axis\" d=\"M%s %dv4\"/>", at, HEIGHT - BOTTOM);
            svg.line(
                    "<text x=\"%s\" y=\"%d\" text-anchor=\"middle\">%s</text>",
                    at, HEIGHT - BOTTOM + 17, x.label(tick));
        }
        svg.line("<path class=\"axis\" d=\"M%d %dH%d\"/>", LEFT, HEIGHT - BOTTOM, WIDTH - RIGHT);
        svg.line(
                "<polyline class=\"curve series-2\" points=\"%s\"/>",
                front.stream()
                        .map(point -> SvgText.number(right(x, point.x())) + "," + SvgText.number(down(y, point.y())))
                        .collect(Collectors.joining(" ")));
        for (Point point : points) {
            svg.line(
                    "<circle class=\"point series-%d\" cx=\"%s\" cy=\"%s\" r=\"4\"/>",
                    front.contains(point) ? 2 : 1,
                    SvgText.number(right(x, point.x())),
                    SvgText.number(down(y, point.y())));
            svg.line(
                    "<text x=\"%s\" y=\"%s\">%s</text>",
                    SvgText.number(right(x, point.x()) + 7),
                    SvgText.number(down(y, point.y()) - 5),
                    SvgText.escaped(point.label()));
        }
        return svg.end();
    }

    private static Axis axis(List<Double> values) {
        double min = values.stream().mapToDouble(value -> value).min().orElse(0);
        double max = values.stream().mapToDouble(value -> value).max().orElse(1);
        return Axis.over(min > 0 && min < max / 2 ? 0 : min, max, 4);
    }

    private static double right(Axis x, double value) {
        return LEFT + x.place(value) * (WIDTH - LEFT - RIGHT);
    }

    private static double down(Axis y, double value) {
        return HEIGHT - BOTTOM - y.place(value) * (HEIGHT - TOP - BOTTOM);
    }
}
