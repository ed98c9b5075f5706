package dev.septet.activities.evaluate.report;

import dev.septet.activities.evaluate.gate.Figures;
import dev.septet.activities.evaluate.gate.ParetoFront;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Values over a cost, as an SVG element with a description in words. The Pareto front has the points to which no other point
 * is better in one number and at least as good in the other.
 *
 * @param id id of the element, unique on its page
 * @param across what the horizontal axis shows; less is better
 * @param lowerIsBetter whether a smaller value on the vertical axis is better
 */
public record ScatterPlot(String id, String title, String across, boolean lowerIsBetter, List<Point> points) {
    private static final ChartFrame FRAME = new ChartFrame(420, 260, 56, 24, 16, 42);

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
        boolean[] front = ParetoFront.of(
                points.stream().mapToDouble(Point::x).toArray(),
                points.stream().mapToDouble(Point::y).toArray(),
                lowerIsBetter);
        return IntStream.range(0, points.size())
                .filter(at -> front[at])
                .mapToObj(points::get)
                .sorted(Comparator.comparingDouble(Point::x).thenComparing(Point::label))
                .toList();
    }

    /** The element. */
    public String svg() {
        List<Point> front = front();
        SvgText svg = new SvgText(
                id,
                FRAME.width(),
                FRAME.height(),
                title + " over " + across,
                points.stream()
                                .map(point -> "%s: %s at %s"
                                        .formatted(point.label(), Figures.of(point.y()), Figures.of(point.x())))
                                .collect(Collectors.joining("; "))
                        + ". Pareto front: "
                        + front.stream().map(Point::label).collect(Collectors.joining(", ")));
        Axis x = Axis.nearZero(points.stream().mapToDouble(Point::x), 4);
        Axis y = Axis.nearZero(points.stream().mapToDouble(Point::y), 4);
        FRAME.rows(svg, y);
        FRAME.columns(svg, x);
        FRAME.axis(svg);
        svg.line(
                "<polyline class=\"curve series-2\" points=\"%s\"/>",
                front.stream()
                        .map(point -> SvgText.number(FRAME.across(x, point.x())) + ","
                                + SvgText.number(FRAME.down(y, point.y())))
                        .collect(Collectors.joining(" ")));
        for (Point point : points) {
            svg.line(
                    "<circle class=\"point series-%d\" cx=\"%s\" cy=\"%s\" r=\"4\"/>",
                    front.contains(point) ? 2 : 1,
                    SvgText.number(FRAME.across(x, point.x())),
                    SvgText.number(FRAME.down(y, point.y())));
            svg.line(
                    "<text x=\"%s\" y=\"%s\">%s</text>",
                    SvgText.number(FRAME.across(x, point.x()) + 7),
                    SvgText.number(FRAME.down(y, point.y()) - 5),
                    SvgText.escaped(point.label()));
        }
        return svg.end();
    }
}
