package dev.septet.examples.benchmarks.training;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/** Plots curves with logarithmic axes, as an SVG file for light and dark backgrounds. */
record GrowthPlot(String title, String xName, String yName, ToDoubleFunction<Measured> y) {
    private static final int WIDTH = 560;
    private static final int HEIGHT = 340;
    private static final int LEFT = 70;
    private static final int RIGHT = 20;
    private static final int TOP = 44;
    private static final int BOTTOM = 52;
    private static final List<String> COLOURS = List.of("#2f7ed8", "#d2691e");

    String svg(List<GrowthPoint> points) {
        StringBuilder svg = new StringBuilder();
        line(
                svg,
                "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" role=\"img\""
                        + " font-family=\"sans-serif\" font-size=\"12\" fill=\"#808080\">",
                WIDTH,
                HEIGHT);
        line(svg, "<title>%s</title>", title);
        Scale across = Scale.over(points.stream().map(GrowthPoint::x).toList(), LEFT, WIDTH - RIGHT);
        List<Double> all = new ArrayList<>();
        points.forEach(point -> point.rows().forEach(row -> all.add(y.applyAsDouble(row))));
        Scale up = Scale.over(all, HEIGHT - BOTTOM, TOP);
        for (GrowthPoint point : points) {
            line(
                    svg,
                    "<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%s</text>",
                    across.at(point.x()),
                    HEIGHT - BOTTOM + 18,
                    Scale.label(point.x()));
        }
        for (double tick : up.ticks()) {
            line(
                    svg,
                    "<path d=\"M%d %.1fH%d\" stroke=\"#808080\" stroke-opacity=\"0.25\"/>"
                            + "<text x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%s</text>",
                    LEFT,
                    up.at(tick),
                    WIDTH - RIGHT,
                    LEFT - 6,
                    up.at(tick) + 4,
                    Scale.label(tick));
        }
        for (int which = 0; which < points.get(0).rows().size(); which++) {
            curve(svg, points, which, across, up);
        }
        line(svg, "<text x=\"%d\" y=\"%d\">%s</text>", LEFT, 16, title + ": " + yName);
        line(svg, "<text x=\"%d\" y=\"%d\" text-anchor=\"end\">%s</text>", WIDTH - RIGHT, HEIGHT - 12, xName);
        return svg.append("</svg>\n").toString();
    }

    private void curve(StringBuilder svg, List<GrowthPoint> points, int which, Scale across, Scale up) {
        StringBuilder places = new StringBuilder();
        for (GrowthPoint point : points) {
            places.append(String.format(
                    Locale.ROOT,
                    "%.1f,%.1f ",
                    across.at(point.x()),
                    up.at(y.applyAsDouble(point.rows().get(which)))));
        }
        String colour = COLOURS.get(which);
        line(
                svg,
                "<polyline points=\"%s\" fill=\"none\" stroke=\"%s\" stroke-width=\"2\"/>",
                places.toString().trim(),
                colour);
        line(
                svg,
                "<text x=\"%d\" y=\"%d\" fill=\"%s\">%s</text>",
                LEFT + 160 * which,
                34,
                colour,
                points.get(0).rows().get(which).name());
    }

    private static void line(StringBuilder svg, String format, Object... values) {
        svg.append(String.format(Locale.ROOT, format, values)).append('\n');
    }
}
