package dev.septet.examples.benchmarks.preserve;

import java.util.List;
import java.util.Locale;

/**
 * Plots the suite's loss against the task's loss at the end of each training, as an SVG file for
 * light and dark backgrounds. Points further right have learned more of the new task; points
 * further up have forgotten more. A line joins the training lengths of one seed.
 */
final class CurvePlot {
    private static final int WIDTH = 640;
    private static final int HEIGHT = 400;
    private static final int LEFT = 56;
    private static final int RIGHT = 130;
    private static final int TOP = 36;
    private static final int BOTTOM = 48;
    private static final int GROUND = HEIGHT - BOTTOM;
    private static final double GRID = 0.02;
    private static final List<String> COLOURS =
            List.of("#808080", "#2f7ed8", "#d2691e", "#2e9e57", "#b5479d", "#a08a00", "#5b5bd6");

    private final List<List<Curve>> groups;
    private final double base;
    private final double max;
    private final double from;
    private final double to;
    private final StringBuilder svg = new StringBuilder();

    /**
     * @param groups trainings with the same settings, one curve for each seed
     */
    CurvePlot(List<List<Curve>> groups) {
        this.groups = groups;
        List<Point> ends = groups.stream()
                .flatMap(List::stream)
                .flatMap(c -> c.ends().stream())
                .toList();
        base = groups.get(0).get(0).base().suite();
        max = ends.stream().mapToDouble(Point::suite).max().orElse(base) + GRID / 2;
        from = ends.stream().mapToDouble(Point::task).max().orElse(1) * 1.05;
        to = ends.stream().mapToDouble(Point::task).min().orElse(0.1) / 1.05;
    }

    String svg() {
        line(
                "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" role=\"img\""
                        + " font-family=\"sans-serif\" font-size=\"12\" fill=\"#808080\">",
                WIDTH, HEIGHT);
        line("<title>What learning tickets costs of general skill</title>");
        line("<text x=\"%d\" y=\"18\">loss on the suite of general skill, nats</text>", LEFT);
        line(
                "<text x=\"%d\" y=\"%d\" text-anchor=\"end\">loss on held-out tickets, nats</text>",
                WIDTH - RIGHT, HEIGHT - 8);
        axes();
        for (int which = 0; which < groups.size(); which++) {
            String colour = COLOURS.get(which % COLOURS.size());
            groups.get(which).forEach(curve -> curve(curve, colour));
            line(
                    "<text x=\"%d\" y=\"%d\" fill=\"%s\">%s</text>",
                    WIDTH - RIGHT + 14,
                    TOP + 18 * which,
                    colour,
                    groups.get(which).get(0).name());
        }
        return svg.append("</svg>\n").toString();
    }

    private void axes() {
        for (int cents = 1; cents < 100; cents++) {
            if (cents / 100.0 < from && cents / 100.0 > to) {
                line(
                        "<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%.2f</text>",
                        across(cents / 100.0), GROUND + 18, cents / 100.0);
            }
        }
        for (double suite = Math.ceil(base / GRID) * GRID; suite <= max; suite += GRID) {
            level(suite, String.format(Locale.ROOT, "%.2f", suite), 0.25);
        }
        level(base, "base", 1);
    }

    private void level(double suite, String label, double opacity) {
        line(
                "<path d=\"M%d %.1fH%d\" stroke=\"#808080\" stroke-opacity=\"%.2f\"/>"
                        + "<text x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%s</text>",
                LEFT, up(suite), WIDTH - RIGHT, opacity, LEFT - 6, up(suite) + 4, label);
    }

    private void curve(Curve curve, String colour) {
        StringBuilder places = new StringBuilder();
        for (Point end : curve.ends()) {
            double x = across(end.task());
            double y = up(end.suite());
            places.append(String.format(Locale.ROOT, "%.1f,%.1f ", x, y));
            line("<circle cx=\"%.1f\" cy=\"%.1f\" r=\"4\" fill=\"%s\"/>", x, y, colour);
        }
        line(
                "<polyline points=\"%s\" fill=\"none\" stroke=\"%s\"/>",
                places.toString().trim(), colour);
    }

    private double across(double task) {
        return LEFT + (WIDTH - RIGHT - LEFT) * Math.log(from / task) / Math.log(from / to);
    }

    private double up(double suite) {
        return GROUND - (GROUND - TOP) * (suite - base) / (max - base);
    }

    private void line(String format, Object... values) {
        svg.append(String.format(Locale.ROOT, format, values)).append('\n');
    }
}
