package dev.septet.activities.evaluate.form;

import dev.septet.activities.evaluate.gate.Figures;
import dev.septet.activities.evaluate.gate.Interval;
import dev.septet.activities.evaluate.report.Axis;
import dev.septet.activities.evaluate.report.ChartFrame;
import dev.septet.activities.evaluate.report.SvgText;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;

/**
 * The forms of a model by size and by one metric, as an SVG element with a description in words. Whiskers are 95 %
 * intervals. A line joins the forms of the Pareto front. Its colours are classes of the page, so that they follow light and
 * dark mode.
 *
 * @param id id of the element, unique on its page
 */
record FormChart(String id, String metric, boolean lowerIsBetter, List<Point> points) {
    private static final ChartFrame FRAME = new ChartFrame(420, 260, 52, 18, 24, 44);
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
        Axis y = Axis.over(drawn.stream().flatMapToDouble(each -> DoubleStream.of(each.low(), each.high())), 4);
        SvgText svg = new SvgText(
                id,
                FRAME.width(),
                FRAME.height(),
                metric + " against size",
                points.stream().map(Point::words).collect(Collectors.joining(". ")) + ".");
        FRAME.rows(svg, y);
        FRAME.columns(svg, x);
        FRAME.axis(svg);
        svg.line(
                "<text class=\"unit\" x=\"%d\" y=\"%d\" text-anchor=\"end\">size in MB; %s is better</text>",
                FRAME.end(), FRAME.height() - 8, lowerIsBetter ? "lower" : "higher");
        List<Point> front = drawn.stream().filter(Point::front).toList();
        if (front.size() > 1) {
            svg.line(
                    "<polyline class=\"curve series-1\" points=\"%s\"/>",
                    front.stream()
                            .map(point -> SvgText.number(FRAME.across(x, point.megabytes())) + ","
                                    + SvgText.number(FRAME.down(y, point.value())))
                            .collect(Collectors.joining(" ")));
        }
        double before = Double.NEGATIVE_INFINITY;
        Label label = Label.ABOVE;
        for (int at = 0; at < drawn.size(); at++) {
            double here = FRAME.across(x, drawn.get(at).megabytes());
            double next =
                    at + 1 < drawn.size() ? FRAME.across(x, drawn.get(at + 1).megabytes()) : Double.POSITIVE_INFINITY;
            label = Label.after(label, here - before < CLOSE, next - here < CLOSE);
            point(svg, drawn.get(at), x, y, label);
            before = here;
        }
        return svg.end();
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

    private static void point(SvgText svg, Point point, Axis x, Axis y, Label label) {
        double at = FRAME.across(x, point.megabytes());
        double high = FRAME.down(y, point.high());
        double low = FRAME.down(y, point.low());
        svg.line(
                "<path class=\"whisker\" d=\"M%s %sV%sM%s %sh8M%s %sh8\"/>",
                SvgText.number(at),
                SvgText.number(high),
                SvgText.number(low),
                SvgText.number(at - 4),
                SvgText.number(high),
                SvgText.number(at - 4),
                SvgText.number(low));
        svg.line(
                "<circle class=\"form %s\" cx=\"%s\" cy=\"%s\" r=\"4\"><title>%s</title></circle>",
                point.front() ? "on" : "off",
                SvgText.number(at),
                SvgText.number(FRAME.down(y, point.value())),
                SvgText.escaped(point.words()));
        String anchor = switch (label) {
            case LEFT -> "end";
            case RIGHT -> "start";
            case ABOVE -> at > FRAME.width() - 70 ? "end" : "middle";
        };
        svg.line(
                "<text x=\"%s\" y=\"%s\" text-anchor=\"%s\"%s>%s</text>",
                SvgText.number(label == Label.LEFT ? at - 7 : label == Label.RIGHT ? at + 7 : at),
                SvgText.number(label == Label.ABOVE ? Math.max(high - 6, 12) : FRAME.down(y, point.value()) + 4),
                anchor,
                point.passes() ? "" : " class=\"out\"",
                SvgText.escaped(point.form()));
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
}
