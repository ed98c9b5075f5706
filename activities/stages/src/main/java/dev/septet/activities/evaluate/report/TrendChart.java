package dev.septet.activities.evaluate.report;

import dev.septet.activities.evaluate.gate.Figures;
import java.math.BigDecimal;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
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
    private static final int WIDTH = 420;
    private static final int HEIGHT = 200;
    private static final int LEFT = 52;
    private static final int RIGHT = 20;
    private static final int TOP = 14;
    private static final int BOTTOM = 40;

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
        Axis y = Axis.over(
                points.stream().flatMap(Point::values).mapToDouble(v -> v).min().orElse(0),
                points.stream().flatMap(Point::values).mapToDouble(v -> v).max().orElse(1),
                4);
        StringBuilder svg = new StringBuilder();
        add(
                svg,
                "<svg viewBox=\"0 0 %d %d\" role=\"img\" aria-labelledby=\"%s-title %s-desc\">",
                WIDTH,
                HEIGHT,
                id,
                id);
        add(svg, "<title id=\"%s-title\">%s over versions</title>", id, escaped(metric));
        add(svg, "<desc id=\"%s-desc\">%s</desc>", id, escaped(description()));
        for (BigDecimal tick : y.ticks()) {
            String at = number(down(y, tick.doubleValue()));
            add(
                    svg,
                    "<path class=\"grid\" d=\"M%d %sH%d\"/><text x=\"%d\" y=\"%s\" text-anchor=\"end\">%s</text>",
                    LEFT,
                    at,
                    WIDTH - RIGHT,
                    LEFT - 6,
                    number(down(y, tick.doubleValue()) + 4),
                    y.label(tick));
        }
        add(svg, "<path class=\"axis\" d=\"M%d %dH%d\"/>", LEFT, HEIGHT - BOTTOM, WIDTH - RIGHT);
        add(
                svg,
                "<text x=\"%d\" y=\"%d\">%s</text><text x=\"%d\" y=\"%d\" text-anchor=\"end\">%s</text>",
                LEFT,
                HEIGHT - BOTTOM + 17,
                escaped(points.get(0).date()),
                WIDTH - RIGHT,
                HEIGHT - BOTTOM + 17,
                escaped(points.get(points.size() - 1).date()));
        add(
                svg,
                "<polyline class=\"curve series-1\" points=\"%s\"/>",
                java.util.stream.IntStream.range(0, points.size())
                        .mapToObj(at -> number(across(at)) + ","
                                + number(down(y, points.get(at).score())))
                        .collect(Collectors.joining(" ")));
        for (int at = 0; at < points.size(); at++) {
            point(svg, points.get(at), across(at), y);
        }
        return svg.append("</svg>").toString();
    }

    private static void point(StringBuilder svg, Point point, double x, Axis y) {
        Double low = point.low();
        Double high = point.high();
        if (low != null && high != null) {
            add(
                    svg,
                    "<path class=\"curve series-1\" d=\"M%s %sV%s\"/>",
                    number(x),
                    number(down(y, low)),
                    number(down(y, high)));
        }
        add(
                svg,
                "<circle class=\"%s series-1\" cx=\"%s\" cy=\"%s\" r=\"4\"><title>%s</title></circle>",
                point.published() ? "point" : "curve",
                number(x),
                number(down(y, point.score())),
                escaped(words(point)));
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
        double from = LEFT + 12;
        return from + (points.size() == 1 ? 0 : at * (WIDTH - RIGHT - 12 - from) / (points.size() - 1));
    }

    private static double down(Axis y, double value) {
        return HEIGHT - BOTTOM - y.place(value) * (HEIGHT - TOP - BOTTOM);
    }

    private static String number(double value) {
        return BigDecimal.valueOf(Math.round(value * 10), 1)
                .stripTrailingZeros()
                .toPlainString();
    }

    private static void add(StringBuilder svg, String format, Object... arguments) {
        svg.append(String.format(Locale.ROOT, format, arguments)).append('\n');
    }

    private static String escaped(String text) {
        return DisplayText.of(text, 200)
                .replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;");
    }
}
