package dev.septet.activities.evaluate.report;

import dev.septet.activities.evaluate.gate.Figures;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A metric over the versions of a pipeline, as an SVG element with a description in words. A filled point is a published
 * version. A vertical line is the interval of the score.
 *
 * @param id id of the element, unique on its page
 * @param points the versions, oldest first
 */
public record TrendChart(String id, String metric, List<Point> points) {
    private static final ChartFrame FRAME = new ChartFrame(420, 200, 52, 20, 14, 40);

    /**
     * One version.
     *
     * @param date the day of its start
     * @param low lower end of the score's interval; null without one
     * @param high upper end of the same interval
     */
    public record Point(
            String name,
            String date,
            boolean published,
            double score,
            @Nullable Double low,
            @Nullable Double high) {
        private Stream<Double> values() {
            return Stream.of(score, low == null ? score : low, high == null ? score : high);
        }
    }

    public TrendChart {
        points = points.stream()
                .filter(point -> point.values().allMatch(Double::isFinite))
                .toList();
    }

    /** Whether there are too few versions for a trend. */
    public boolean empty() {
        return points.size() < 2;
    }

    /** The element. */
    public String svg() {
        Axis y = Axis.over(points.stream().flatMap(Point::values).mapToDouble(value -> value), 4);
        SvgText svg = new SvgText(
                id,
                FRAME.width(),
                FRAME.height(),
                DisplayText.of(metric, 200) + " over versions",
                DisplayText.of(description(), 4000));
        FRAME.rows(svg, y);
        FRAME.axis(svg);
        svg.line(
                "<text x=\"%d\" y=\"%d\">%s</text><text x=\"%d\" y=\"%d\" text-anchor=\"end\">%s</text>",
                FRAME.left(),
                FRAME.base() + 17,
                SvgText.escaped(points.get(0).date()),
                FRAME.end(),
                FRAME.base() + 17,
                SvgText.escaped(points.get(points.size() - 1).date()));
        svg.line(
                "<polyline class=\"curve series-1\" points=\"%s\"/>",
                IntStream.range(0, points.size())
                        .mapToObj(at -> SvgText.number(across(at)) + ","
                                + SvgText.number(FRAME.down(y, points.get(at).score())))
                        .collect(Collectors.joining(" ")));
        for (int at = 0; at < points.size(); at++) {
            point(svg, points.get(at), across(at), y);
        }
        return svg.end();
    }

    private static void point(SvgText svg, Point point, double x, Axis y) {
        Double low = point.low();
        Double high = point.high();
        if (low != null && high != null) {
            svg.line(
                    "<path class=\"curve series-1\" d=\"M%s %sV%s\"/>",
                    SvgText.number(x), SvgText.number(FRAME.down(y, low)), SvgText.number(FRAME.down(y, high)));
        }
        svg.line(
                "<circle class=\"%s series-1\" cx=\"%s\" cy=\"%s\" r=\"4\"><title>%s</title></circle>",
                point.published() ? "point" : "curve",
                SvgText.number(x),
                SvgText.number(FRAME.down(y, point.score())),
                SvgText.escaped(DisplayText.of(words(point), 200)));
    }

    /** All points in words, for people who cannot see the chart. */
    public String description() {
        return points.stream().map(TrendChart::words).collect(Collectors.joining("; "));
    }

    private static String words(Point point) {
        Double low = point.low();
        Double high = point.high();
        return "%s, %s: %s%s%s"
                .formatted(
                        point.date(),
                        point.name(),
                        Figures.of(point.score()),
                        low == null || high == null ? "" : " (%s to %s)".formatted(Figures.of(low), Figures.of(high)),
                        point.published() ? ", published" : ", not published");
    }

    private double across(int at) {
        double from = FRAME.left() + 12;
        return from + (points.size() == 1 ? 0 : at * (FRAME.end() - 12 - from) / (points.size() - 1));
    }
}
