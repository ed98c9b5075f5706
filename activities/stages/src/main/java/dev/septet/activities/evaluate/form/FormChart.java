package dev.septet.activities.evaluate.form;

import dev.septet.activities.evaluate.gate.Figures;
import dev.septet.activities.evaluate.gate.Interval;
import dev.septet.activities.evaluate.report.Axis;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The forms of a model by size and by one metric, as an SVG element with a description in words. Whiskers are 95 %
 * intervals. A line joins the forms of the Pareto front. Its colours are classes of the page, so that they follow light and
 * dark mode.
 *
 * @param id id of the element, unique on its page
 */
record FormChart(String id, String metric, boolean lowerIsBetter, List<Point> points) {
    private static final int WIDTH = 420;
    private static final int HEIGHT = 260;
    private static final int LEFT = 52;
    private static final int RIGHT = 18;
    private static final int TOP = 24;
    private static final int BOTTOM = 44;
    private static final double MEGABYTE = 1e6;

    /** Distance of two points whose names could cover each other. */
    private static final double CLOSE = 64;

    /** One form; a form without a number has no point. */
    record Point(String form, long bytes, double value, Interval interval, boolean front, boolean passes) {
        boolean drawn() {
            return Double.isFinite(value);
        }

        double low() {
            return Double.isFinite(interval.low()) ? interval.low() : value;
        }

        double high() {
            return Double.isFinite(interval.high()) ? interval.high() : value;
        }

        double megabytes() {
            return bytes / MEGABYTE;
        }

        String words() {
            return "%s: %s MB, %s (%s)%s%s"
                    .formatted(
                            form,
                            Figures.of(megabytes()),
                            Figures.of(value),
                            Figures.of(interval),
                            front ? ", on the front" : "",
                            passes ? "" : ", not published");
        }
    }

    FormChart {
        points = points.stream()
                .sorted(Comparator.comparingLong(Point::bytes).thenComparing(Point::form))
                .toList();
    }

    /** The element. */
    String svg() {
        List<Point> drawn = points.stream().filter(Point::drawn).toList();
        Axis x = Axis.over(0, drawn.stream().mapToDouble(Point::megabytes).max().orElse(1), 5);
        Axis y = Axis.over(
                drawn.stream().mapToDouble(Point::low).min().orElse(0),
                drawn.stream().mapToDouble(Point::high).max().orElse(1),
                4);
        StringBuilder svg = new StringBuilder();
        line(
                svg,
                "<svg viewBox=\"0 0 %d %d\" role=\"img\" aria-labelledby=\"%s-title %s-desc\">",
                WIDTH,
                HEIGHT,
                id,
                id);
        line(svg, "<title id=\"%s-title\">%s against size</title>", id, escaped(metric));
        line(
                svg,
                "<desc id=\"%s-desc\">%s.</desc>",
                id,
                escaped(points.stream().map(Point::words).collect(Collectors.joining(". "))));
        axes(svg, x, y);
        List<Point> front = drawn.stream().filter(Point::front).toList();
        if (front.size() > 1) {
            line(
                    svg,
                    "<polyline class=\"curve series-1\" points=\"%s\"/>",
                    front.stream()
                            .map(point -> number(across(x, point.megabytes())) + "," + number(down(y, point.value())))
                            .collect(Collectors.joining(" ")));
        }
        double before = Double.NEGATIVE_INFINITY;
        Label label = Label.ABOVE;
        for (int at = 0; at < drawn.size(); at++) {
            double here = across(x, drawn.get(at).megabytes());
            double next = at + 1 < drawn.size() ? across(x, drawn.get(at + 1).megabytes()) : Double.POSITIVE_INFINITY;
            label = Label.after(label, here - before < CLOSE, next - here < CLOSE);
            point(svg, drawn.get(at), x, y, label);
            before = here;
        }
        return svg.append("</svg>").toString();
    }

    private void axes(StringBuilder svg, Axis x, Axis y) {
        for (BigDecimal tick : y.ticks()) {
            String at = number(down(y, tick.doubleValue()));
            line(
                    svg,
                    "<path class=\"grid\" d=\"M%d %sH%d\"/><text x=\"%d\" y=\"%s\" text-anchor=\"end\">%s</text>",
                    LEFT,
                    at,
                    WIDTH - RIGHT,
                    LEFT - 6,
                    number(down(y, tick.doubleValue()) + 4),
                    y.label(tick));
        }
        for (BigDecimal tick : x.ticks()) {
            String at = number(across(x, tick.doubleValue()));
            line(
                    svg,
                    "<path class=\"axis\" d=\"M%s %dv4\"/><text x=\"%s\" y=\"%d\" text-anchor=\"middle\">%s</text>",
                    at,
                    HEIGHT - BOTTOM,
                    at,
                    HEIGHT - BOTTOM + 17,
                    x.label(tick));
        }
        line(svg, "<path class=\"axis\" d=\"M%d %dH%d\"/>", LEFT, HEIGHT - BOTTOM, WIDTH - RIGHT);
        line(
                svg,
                "<text class=\"unit\" x=\"%d\" y=\"%d\" text-anchor=\"end\">size in MB; %s is better</text>",
                WIDTH - RIGHT,
                HEIGHT - 8,
                lowerIsBetter ? "lower" : "higher");
    }

    /** Where a form's name stands, so that the names of neighbours do not cover each other. */
    private enum Label {
        LEFT,
        RIGHT,
        ABOVE;

        /** The first of a group of neighbours stands at the left, the second at the right, and the third above. */
        static Label after(Label last, boolean closeBefore, boolean closeAfter) {
            if (!closeBefore) {
                return closeAfter ? LEFT : ABOVE;
            }
            return last == LEFT ? RIGHT : last == RIGHT ? ABOVE : LEFT;
        }
    }

    private static void point(StringBuilder svg, Point point, Axis x, Axis y, Label label) {
        double at = across(x, point.megabytes());
        double high = down(y, point.high());
        double low = down(y, point.low());
        line(
                svg,
                "<path class=\"whisker\" d=\"M%s %sV%sM%s %sh8M%s %sh8\"/>",
                number(at),
                number(high),
                number(low),
                number(at - 4),
                number(high),
                number(at - 4),
                number(low));
        line(
                svg,
                "<circle class=\"form %s\" cx=\"%s\" cy=\"%s\" r=\"4\"><title>%s</title></circle>",
                point.front() ? "on" : "off",
                number(at),
                number(down(y, point.value())),
                escaped(point.words()));
        String anchor = switch (label) {
            case LEFT -> "end";
            case RIGHT -> "start";
            case ABOVE -> at > WIDTH - 70 ? "end" : "middle";
        };
        line(
                svg,
                "<text x=\"%s\" y=\"%s\" text-anchor=\"%s\"%s>%s</text>",
                number(label == Label.LEFT ? at - 7 : label == Label.RIGHT ? at + 7 : at),
                number(label == Label.ABOVE ? Math.max(high - 6, 12) : down(y, point.value()) + 4),
                anchor,
                point.passes() ? "" : " class=\"out\"",
                escaped(point.form()));
    }

    /** One chart for each metric of the exam, in its order. */
    static List<FormChart> of(FormsReport report) {
        List<FormChart> charts = new ArrayList<>();
        List<FormScore> measured = report.forms().stream()
                .flatMap(form -> form.scores().stream())
                .filter(FormScore::measured)
                .toList();
        for (String metric : measured.stream().map(FormScore::metric).distinct().toList()) {
            boolean lower = measured.stream().anyMatch(score -> score.metric().equals(metric) && score.lowerIsBetter());
            charts.add(new FormChart(
                    "form-chart-" + (charts.size() + 1),
                    metric,
                    lower,
                    report.forms().stream().flatMap(form -> point(form, metric)).toList()));
        }
        return charts;
    }

    private static Stream<Point> point(FormResult form, String metric) {
        return form.scores().stream()
                .filter(score -> score.metric().equals(metric))
                .flatMap(score -> {
                    Interval interval = score.interval();
                    return interval == null
                            ? Stream.empty()
                            : Stream.of(new Point(
                                    form.form().equals(FormsReport.MODEL) ? "unquantized" : form.form(),
                                    form.bytes(),
                                    score.after(),
                                    interval,
                                    score.front(),
                                    form.passes()));
                });
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
