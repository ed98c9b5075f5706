package dev.septet.activities.evaluate.report;

import dev.septet.activities.evaluate.gate.Figures;
import java.math.BigDecimal;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.stream.Collectors;

/**
 * Curves over optimizer steps as an SVG element with a description in words. Its colours are
 * classes of the page ({@code series-1}, {@code series-2}), so that they follow light and dark
 * mode.
 *
 * @param id id of the element, unique on its page
 * @param unit unit of the values, such as {@code nats per token}
 * @param markers steps to point out
 */
record LineChart(String id, String title, String unit, List<Series> series, List<Marker> markers) {
    private static final int WIDTH = 420;
    private static final int HEIGHT = 240;
    private static final int LEFT = 52;
    private static final int RIGHT = 14;
    private static final int TOP = 14;
    private static final int BOTTOM = 40;

    /** One curve: step to value. */
    record Series(String name, SortedMap<Integer, Double> values) {
        List<Map.Entry<Integer, Double>> points() {
            return Thinning.of(values);
        }
    }

    /** A step that is pointed out by a vertical line and words. */
    record Marker(int step, String words) {}

    LineChart(String id, String title, String unit, List<Series> series) {
        this(id, title, unit, series, List.of());
    }

    LineChart {
        series = series.stream().filter(one -> !one.points().isEmpty()).toList();
    }

    /** Whether there are no values. */
    boolean empty() {
        return series.isEmpty();
    }

    /** The element; an {@link #empty} chart has none. */
    String svg() {
        Axis x = Axis.overWhole(
                series.stream().mapToInt(one -> one.values().firstKey()).min().orElse(0),
                series.stream().mapToInt(one -> one.values().lastKey()).max().orElse(1),
                5);
        Axis y = vertical();
        StringBuilder svg = new StringBuilder();
        line(
                svg,
                "<svg viewBox=\"0 0 %d %d\" role=\"img\" aria-labelledby=\"%s-title %s-desc\">",
                WIDTH,
                HEIGHT,
                id,
                id);
        line(svg, "<title id=\"%s-title\">%s</title>", id, escaped(title));
        line(svg, "<desc id=\"%s-desc\">%s</desc>", id, escaped(description()));
        for (BigDecimal tick : y.ticks()) {
            double at = down(y, tick.doubleValue());
            line(
                    svg,
                    "<path class=\"grid\" d=\"M%d %sH%d\"/><text x=\"%d\" y=\"%s\"" + " text-anchor=\"end\">%s</text>",
                    LEFT,
                    number(at),
                    WIDTH - RIGHT,
                    LEFT - 6,
                    number(at + 4),
                    y.label(tick));
        }
        for (BigDecimal tick : x.ticks()) {
            double at = across(x, tick.doubleValue());
            line(
                    svg,
                    "<path class=\"axis\" d=\"M%s %dv4\"/><text x=\"%s\" y=\"%d\""
                            + " text-anchor=\"middle\">%s</text>",
                    number(at),
                    HEIGHT - BOTTOM,
                    number(at),
                    HEIGHT - BOTTOM + 17,
                    x.label(tick));
        }
        line(svg, "<path class=\"axis\" d=\"M%d %dH%d\"/>", LEFT, HEIGHT - BOTTOM, WIDTH - RIGHT);
        line(svg, "<text class=\"unit\" x=\"%d\" y=\"%d\" text-anchor=\"end\">step</text>", WIDTH - RIGHT, HEIGHT - 6);
        for (int which = 0; which < series.size(); which++) {
            curve(svg, series.get(which), which + 1, x, y);
        }
        for (int i = 0; i < markers.size(); i++) {
            marker(svg, markers.get(i), i, x);
        }
        return svg.append("</svg>").toString();
    }

    private Axis vertical() {
        List<Double> values = series.stream()
                .flatMap(one -> one.points().stream())
                .map(Map.Entry::getValue)
                .toList();
        double min = values.stream().mapToDouble(value -> value).min().orElse(0);
        double max = values.stream().mapToDouble(value -> value).max().orElse(1);
        // The axis starts at zero when the values are not far above it, so that a small change looks small.
        return Axis.over(min > 0 && min < max / 2 ? 0 : min, max, 4);
    }

    private static void curve(StringBuilder svg, Series one, int which, Axis x, Axis y) {
        List<Map.Entry<Integer, Double>> points = one.points();
        String places = points.stream()
                .map(point -> number(across(x, point.getKey())) + "," + number(down(y, point.getValue())))
                .collect(Collectors.joining(" "));
        line(svg, "<polyline class=\"curve series-%d\" points=\"%s\"/>", which, places);
        if (points.size() <= 24) {
            for (Map.Entry<Integer, Double> point : points) {
                line(
                        svg,
                        "<circle class=\"point series-%d\" cx=\"%s\" cy=\"%s\" r=\"2.5\">"
                                + "<title>%s at step %d: %s</title></circle>",
                        which,
                        number(across(x, point.getKey())),
                        number(down(y, point.getValue())),
                        escaped(one.name()),
                        point.getKey(),
                        Figures.of(point.getValue()));
            }
        }
    }

    /** The words of neighbouring markers stand in different rows. */
    private static void marker(StringBuilder svg, Marker marker, int which, Axis x) {
        double at = across(x, marker.step());
        boolean right = at > WIDTH / 2.0;
        line(
                svg,
                "<path class=\"marker\" d=\"M%s %dV%d\"/><text x=\"%s\" y=\"%d\"%s>%s</text>",
                number(at),
                TOP,
                HEIGHT - BOTTOM,
                number(right ? at - 4 : at + 4),
                TOP + 10 + 13 * (which % 5),
                right ? " text-anchor=\"end\"" : "",
                escaped(marker.words()));
    }

    private String description() {
        String warnings = markers.stream()
                .map(marker -> " Warning: %s at step %d.".formatted(marker.words(), marker.step()))
                .collect(Collectors.joining());
        return curves() + warnings;
    }

    private String curves() {
        return series.stream()
                .map(one -> {
                    List<Map.Entry<Integer, Double>> points = one.points();
                    Map.Entry<Integer, Double> first = points.get(0);
                    Map.Entry<Integer, Double> last = points.get(points.size() - 1);
                    return "%s: %s at step %d, %s at step %d (%s)."
                            .formatted(
                                    one.name(),
                                    Figures.of(first.getValue()),
                                    first.getKey(),
                                    Figures.of(last.getValue()),
                                    last.getKey(),
                                    unit);
                })
                .collect(Collectors.joining(" "));
    }

    private static double across(Axis x, double value) {
        return LEFT + x.place(value) * (WIDTH - LEFT - RIGHT);
    }

    private static double down(Axis y, double value) {
        return HEIGHT - BOTTOM - y.place(value) * (HEIGHT - TOP - BOTTOM);
    }

    private static String number(double value) {
        return BigDecimal.valueOf(Math.round(value * 10), 1)
                .stripTrailingZeros()
                .toPlainString();
    }

    private static void line(StringBuilder svg, String format, Object... arguments) {
        svg.append(String.format(Locale.ROOT, format, arguments)).append('\n');
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }
}
