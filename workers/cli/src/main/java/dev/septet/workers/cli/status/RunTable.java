package dev.septet.workers.cli.status;

import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.workers.cli.option.CliTexts;
import dev.septet.workers.cli.option.Terminal;
import dev.septet.workers.cli.run.RunRow;
import dev.septet.workers.cli.run.StateWords;
import dev.septet.workers.cli.screen.Grid;
import dev.septet.workers.cli.screen.Style;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Prints runs as a table. A wide terminal also shows their models and datasets. */
record RunTable(Terminal terminal) {
    private static final int WIDE = 110;

    void print(List<RunRow> runs, boolean json) {
        if (json) {
            terminal.print(SpecJson.mapper().valueToTree(runs).toPrettyString());
        } else if (runs.isEmpty()) {
            terminal.note("no runs");
        } else {
            terminal.print(table(runs));
        }
    }

    private String table(List<RunRow> runs) {
        boolean wide = terminal.screen().columns() >= WIDE;
        boolean hasDrift = runs.stream().anyMatch(run -> run.drift() != null);
        String last = hasDrift ? "drift" : "score";
        Grid grid = wide
                ? new Grid(terminal.screen(), "run", "state", "stage", "model", "dataset", "gate", last, "started")
                : new Grid(terminal.screen(), "run", "state", "stage", "gate", last, "started");
        for (RunRow run : runs) {
            Grid.Cell id = Grid.Cell.of(run.workflowId());
            Grid.Cell state = new Grid.Cell(run.state(), StateWords.style(run.state()));
            Grid.Cell stage = cell(run.stage());
            Grid.Cell gate = new Grid.Cell(or(run.gate()), StateWords.style(or(run.gate())));
            Grid.Cell score = cell(number(hasDrift ? run.drift() : run.score()));
            Grid.Cell started = Grid.Cell.of(run.started().replace('T', ' ').replaceAll(":..Z$", ""));
            if (wide) {
                grid.row(id, state, stage, cell(run.model()), cell(run.dataset()), gate, score, started);
            } else {
                grid.row(id, state, stage, gate, score, started);
            }
        }
        return grid.text();
    }

    private static Grid.Cell cell(@Nullable String text) {
        return new Grid.Cell(or(text), Style.PLAIN);
    }

    private static String or(@Nullable String text) {
        return text == null ? "-" : text;
    }

    private static @Nullable String number(@Nullable Double value) {
        return value == null ? null : CliTexts.score(value);
    }
}
