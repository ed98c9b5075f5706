package dev.septet.workers.cli.status;

import com.fasterxml.jackson.databind.JsonNode;
import dev.septet.activities.evaluate.report.DisplayText;
import dev.septet.workers.cli.option.CliTexts;
import dev.septet.workers.cli.run.StateWords;
import dev.septet.workers.cli.screen.Grid;
import dev.septet.workers.cli.screen.Screen;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The slices of an evaluation, from its {@code results.json}. */
final class SliceGrids {
    private static final int NAME = 40;

    private SliceGrids() {}

    /** One text for each metric of each column; none for results without slices. */
    static List<String> of(Screen screen, JsonNode results) {
        List<String> texts = new ArrayList<>();
        for (JsonNode table : results.path("slices")) {
            String set = table.path("set").asText("");
            texts.add("");
            texts.add(String.format(
                    Locale.ROOT,
                    "%s by %s%s: all %,d rows %s",
                    DisplayText.of(table.path("metric").asText(), NAME),
                    DisplayText.of(table.path("by").asText(), NAME),
                    set.isEmpty() ? "" : ", test set " + DisplayText.of(set, NAME),
                    table.path("rows").asLong(),
                    number(table.path("score"))));
            Grid grid = new Grid(screen, "slice", "rows", "before", "after", "worse by", "gate").right(1, 2, 3, 4);
            for (JsonNode slice : table.path("slices")) {
                String verdict = slice.path("verdict").asText("-");
                grid.row(
                        Grid.Cell.of(DisplayText.of(slice.path("name").asText(), NAME)),
                        Grid.Cell.of(Long.toString(slice.path("rows").asLong())),
                        Grid.Cell.of(number(slice.path("before"))),
                        Grid.Cell.of(number(slice.path("after"))),
                        Grid.Cell.of(number(slice.path("gap"))),
                        new Grid.Cell(verdict, StateWords.style(verdict)));
            }
            texts.add(grid.text());
        }
        if (!texts.isEmpty()) {
            texts.add("");
        }
        return texts;
    }

    /** A number, which JSON without numbers for it writes as the text {@code NaN}. */
    private static String number(JsonNode value) {
        return value.isNumber() ? CliTexts.score(value.doubleValue()) : value.isTextual() ? value.asText() : "-";
    }
}
