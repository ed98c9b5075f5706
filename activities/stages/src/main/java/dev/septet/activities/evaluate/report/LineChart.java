package dev.septet.activities.evaluate.report;

import dev.septet.activities.evaluate.gate.Figures;
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
    private static final ChartFrame FRAME = new ChartFrame(420, 240, 52, 14, 14, 40);

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
        SvgText svg = new SvgText(id, FRAME.width(), FRAME.height(), title, description());
        FRAME.rows(svg, y);
        FRAME.columns(svg, x);
        FRAME.axis(svg);
        svg.line(
                "<text class=\"unit\" x=\"%d\" y=\"%d\" text-anchor=\"end\">step</text>",
                FRAME.end(), FRAME.height() - 6);
        for (int which = 0; which < series.size(); which++) {
            curve(svg, series.get(which), which + 1, x, y);
        }
        for (int i = 0; i < markers.size(); i++) {
            marker(svg, markers.get(i), i, x);
        }
        return svg.end();
    }

    private Axis vertical() {
        return Axis.nearZero(
                series.stream().flatMap(one -> one.points().stream()).mapToDouble(Map.Entry::getValue), 4);
    }

    private static void curve(SvgText svg, Series one, int which, Axis x, Axis y) {
        List<Map.Entry<Integer, Double>> points = one.points();
        String places = points.stream()
                .map(point -> SvgText.number(FRAME.across(x, point.getKey())) + ","
                        + SvgText.number(FRAME.down(y, point.getValue())))
                .collect(Collectors.joining(" "));
        svg.line("<polyline class=\"curve series-%d\" points=\"%s\"/>", which, places);
        if (points.size() <= 24) {
            for (Map.Entry<Integer, Double> point : points) {
                svg.line(
                        "<circle class=\"point series-%d\" cx=\"%s\" cy=\"%s\" r=\"2.5\">"
                                + "<title>%s at step %d: %s</title></circle>",
                        which,
                        SvgText.number(FRAME.across(x, point.getKey())),
                        SvgText.number(FRAME.down(y, point.getValue())),
                        SvgText.escaped(one.name()),
                        point.getKey(),
                        Figures.of(point.getValue()));
            }
        }
    }

    /** The words of neighbouring markers stand in different rows. */
    private static void marker(SvgText svg, Marker marker, int which, Axis x) {
        double at = FRAME.across(x, marker.step());
        boolean right = at > FRAME.width() / 2.0;
        svg.line(
                "<path class=\"marker\" d=\"M%s %dV%d\"/><text x=\"%s\" y=\"%d\"%s>%s</text>",
                SvgText.number(at),
                FRAME.top(),
                FRAME.base(),
                SvgText.number(right ? at - 4 : at + 4),
                FRAME.top() + 10 + 13 * (which % 5),
                right ? " text-anchor=\"end\"" : "",
                SvgText.escaped(marker.words()));
    }

    private String description() {
        String warnings = markers.stream()
                .map(marker -> String.format(Locale.ROOT, " Warning: %s at step %d.", marker.words(), marker.step()))
                .collect(Collectors.joining());
        return curves() + warnings;
    }

    private String curves() {
        return series.stream()
                .map(one -> {
                    List<Map.Entry<Integer, Double>> points = one.points();
                    Map.Entry<Integer, Double> first = points.get(0);
                    Map.Entry<Integer, Double> last = points.get(points.size() - 1);
                    return String.format(
                            Locale.ROOT,
                            "%s: %s at step %d, %s at step %d (%s).",
                            one.name(),
                            Figures.of(first.getValue()),
                            first.getKey(),
                            Figures.of(last.getValue()),
                            last.getKey(),
                            unit);
                })
                .collect(Collectors.joining(" "));
    }
}
