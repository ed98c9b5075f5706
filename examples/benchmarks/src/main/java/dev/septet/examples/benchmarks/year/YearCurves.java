package dev.septet.examples.benchmarks.year;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * Draws the figures that the tests of a simulated year write: {@code YearCurves DISK.csv AUDIT.csv HISTORY.csv FOLDER}. The folder
 * gets one SVG file each for the store, the audit log, the histories and the memory, for light and dark backgrounds.
 */
public final class YearCurves {
    private static final int WIDTH = 560;
    private static final int HEIGHT = 300;
    private static final int LEFT = 64;
    private static final int RIGHT = 20;
    private static final int TOP = 56;
    private static final int BOTTOM = 44;
    private static final int TICKS = 4;
    private static final double MB = 1e6;
    private static final List<String> COLOURS = List.of("#2f7ed8", "#d2691e");

    private YearCurves() {}

    /** A column of a table, in units. */
    private record Series(String name, List<Double> weeks) {}

    /** Draws the curves. */
    public static void main(String[] args) throws IOException {
        if (args.length != 4) {
            System.err.println("YearCurves: expected DISK.csv AUDIT.csv HISTORY.csv FOLDER");
            System.exit(2);
        }
        Table disk = Table.read(Path.of(args[0]));
        Table audit = Table.read(Path.of(args[1]));
        Table history = Table.read(Path.of(args[2]));
        Path folder = Path.of(args[3]);
        double version = disk.series("kept bytes", "", 1).weeks().get(0);
        Files.writeString(
                folder.resolve("year-disk.svg"),
                svg(
                        "The store over a year of weekly retraining",
                        "times the first week",
                        List.of(
                                disk.series("kept bytes", "with septet gc", version),
                                disk.series("bytes without removal", "without", version))));
        Files.writeString(
                folder.resolve("year-audit.svg"),
                svg(
                        "The audit log of 40 answers a day",
                        "MB",
                        List.of(
                                audit.series("kept bytes", "with SEPTET_AUDIT_DAYS=90", MB),
                                audit.series("bytes without removal", "without", MB))));
        Files.writeString(
                folder.resolve("year-history.svg"),
                svg(
                        "Histories at the end of each week",
                        "events",
                        List.of(
                                history.series("monitor events", "the monitor's execution", 1),
                                history.series("run events", "the week's run", 1))));
        Files.writeString(
                folder.resolve("year-memory.svg"),
                svg(
                        "Heap of the worker and the test server, which keeps all histories",
                        "MiB",
                        List.of(history.series("heap bytes", "after a garbage collection", 1 << 20))));
    }

    /** A table of numbers with a line of names. */
    private record Table(List<String> names, List<List<Double>> rows) {
        static Table read(Path file) throws IOException {
            List<String> lines = Files.readAllLines(file);
            return new Table(
                    List.of(lines.get(0).split(",", -1)),
                    lines.stream()
                            .skip(1)
                            .map(line -> List.of(line.split(",", -1)).stream()
                                    .map(Double::parseDouble)
                                    .toList())
                            .toList());
        }

        Series series(String name, String label, double unit) {
            int at = names.indexOf(name);
            if (at < 0) {
                throw new IllegalArgumentException("there is no column '%s' in %s".formatted(name, names));
            }
            return new Series(
                    label, rows.stream().map(row -> row.get(at) / unit).toList());
        }
    }

    private static String svg(String title, String unit, List<Series> all) {
        StringBuilder svg = new StringBuilder();
        double top = step(all.stream()
                        .flatMap(series -> series.weeks().stream())
                        .mapToDouble(Double::doubleValue)
                        .max()
                        .orElse(1))
                * TICKS;
        line(
                svg,
                "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" role=\"img\""
                        + " font-family=\"sans-serif\" font-size=\"12\" fill=\"#808080\">",
                WIDTH,
                HEIGHT);
        line(svg, "<title>%s</title>", title);
        line(svg, "<text x=\"%d\" y=\"18\">%s: %s</text>", LEFT, title, unit);
        for (int tick = 0; tick <= TICKS; tick++) {
            double y = y(top * tick / TICKS, top);
            line(
                    svg,
                    "<path d=\"M%d %.1fH%d\" stroke=\"#808080\" stroke-opacity=\"0.25\"/>"
                            + "<text x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%.0f</text>",
                    LEFT,
                    y,
                    WIDTH - RIGHT,
                    LEFT - 6,
                    y + 4,
                    top * tick / TICKS);
        }
        int weeks = all.get(0).weeks().size();
        for (int week = 13; week <= weeks; week += 13) {
            line(
                    svg,
                    "<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%d</text>",
                    x(week, weeks),
                    HEIGHT - BOTTOM + 18,
                    week);
        }
        line(svg, "<text x=\"%d\" y=\"%d\" text-anchor=\"end\">week</text>", WIDTH - RIGHT, HEIGHT - 8);
        for (int which = 0; which < all.size(); which++) {
            StringBuilder places = new StringBuilder();
            for (int week = 1; week <= weeks; week++) {
                places.append(String.format(
                        Locale.ROOT,
                        "%.1f,%.1f ",
                        x(week, weeks),
                        y(all.get(which).weeks().get(week - 1), top)));
            }
            line(
                    svg,
                    "<polyline points=\"%s\" fill=\"none\" stroke=\"%s\" stroke-width=\"2\"/>",
                    places.toString().strip(),
                    COLOURS.get(which));
            line(
                    svg,
                    "<text x=\"%d\" y=\"38\" fill=\"%s\">%s</text>",
                    LEFT + 220 * which,
                    COLOURS.get(which),
                    all.get(which).name());
        }
        return svg.append("</svg>\n").toString();
    }

    /** A round distance of ticks, with which the axis covers the value. */
    private static double step(double most) {
        double power = Math.pow(10, Math.floor(Math.log10(most / TICKS)));
        for (double factor : new double[] {1, 2, 2.5, 5}) {
            if (power * factor * TICKS >= most) {
                return power * factor;
            }
        }
        return power * 10;
    }

    private static double x(int week, int weeks) {
        return LEFT + (WIDTH - LEFT - RIGHT) * (week - 1) / (double) Math.max(1, weeks - 1);
    }

    private static double y(double value, double top) {
        return HEIGHT - BOTTOM - (HEIGHT - BOTTOM - TOP) * value / top;
    }

    private static void line(StringBuilder svg, String format, Object... values) {
        svg.append(String.format(Locale.ROOT, format, values)).append('\n');
    }
}
