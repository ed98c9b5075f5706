package dev.septet.workers.cli.data;

import dev.septet.activities.lineage.LineageRow;
import dev.septet.activities.lineage.Trace;
import dev.septet.workers.cli.screen.Grid;
import dev.septet.workers.cli.screen.Screen;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A trace as tables. */
final class TraceText {
    private static final int ROWS = 20;
    private static final int DIGITS = 12;

    private TraceText() {}

    static List<String> of(Trace trace, Screen screen) {
        List<String> text = new ArrayList<>();
        if (trace.isEmpty()) {
            text.add("No traced dataset has the rows.");
        }
        rows(trace, screen, text);
        if (!trace.datasets().isEmpty()) {
            Grid grid = new Grid(screen, "dataset", "pipeline", "run", "rows", "in the store").right(3);
            for (Trace.SeenDataset each : trace.datasets()) {
                grid.row(
                        digits(each.sha256()),
                        each.pipelines().isEmpty() ? "unknown" : String.join(", ", each.pipelines()),
                        each.run(),
                        Long.toString(each.count()),
                        each.gone() ? "no, removed" : "yes");
            }
            table(grid, text);
        }
        if (!trace.models().isEmpty()) {
            Grid grid = new Grid(screen, "model", "made by", "run", "trained on");
            for (Trace.SeenModel each : trace.models()) {
                grid.row(digits(each.sha256()), each.part(), each.run(), digits(each.dataset()));
            }
            table(grid, text);
        }
        if (!trace.evaluations().isEmpty()) {
            Grid grid = new Grid(screen, "evaluation", "run");
            trace.evaluations().forEach(each -> grid.row(digits(each.sha256()), each.run()));
            table(grid, text);
        }
        if (!trace.versions().isEmpty()) {
            Grid grid = new Grid(screen, "version", "served as", "state", "run", "places");
            for (Trace.SeenVersion each : trace.versions()) {
                String pipeline = each.pipeline();
                grid.row(
                        each.version(),
                        pipeline == null ? "never" : pipeline,
                        each.state(),
                        each.run(),
                        each.places().isEmpty() ? "-" : String.join(", ", each.places()));
            }
            table(grid, text);
        }
        for (Trace.Untraced each : trace.untraced()) {
            text.add("");
            text.add("Unknown: dataset %s of run %s%s was prepared before rows were traced"
                    .formatted(
                            digits(each.sha256()),
                            each.run(),
                            each.pipelines().isEmpty()
                                    ? ""
                                    : " (pipeline %s)".formatted(String.join(", ", each.pipelines()))));
        }
        return text;
    }

    private static void rows(Trace trace, Screen screen, List<String> text) {
        Grid grid = new Grid(screen, "row", "digest", "dataset", "split", "number").right(4);
        long all = 0;
        int shown = 0;
        for (Trace.SeenDataset each : trace.datasets()) {
            all += each.count();
            for (LineageRow row : each.rows()) {
                if (shown++ < ROWS) {
                    grid.row(
                            row.place().toString(),
                            row.read(),
                            digits(each.sha256()),
                            row.split(),
                            Long.toString(row.row()));
                }
            }
        }
        if (all > 0) {
            table(grid, text);
        }
        if (all > ROWS) {
            text.add(String.format(Locale.ROOT, "... %,d more rows; --json lists them", all - ROWS));
        }
    }

    private static void table(Grid grid, List<String> text) {
        if (!text.isEmpty()) {
            text.add("");
        }
        text.addAll(grid.text().lines().toList());
    }

    private static String digits(String sha256) {
        return sha256.substring(0, Math.min(DIGITS, sha256.length()));
    }
}
