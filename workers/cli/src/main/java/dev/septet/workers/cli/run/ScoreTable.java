package dev.septet.workers.cli.run;

import dev.septet.workers.cli.option.CliTexts;
import dev.septet.workers.cli.screen.Grid;
import dev.septet.workers.cli.screen.Screen;
import dev.septet.workflows.artifact.Score;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Compares the tuned model with the base model, metric by metric. */
public final class ScoreTable {
    private ScoreTable() {}

    public static String of(Screen screen, List<Score> scores) {
        Grid grid = new Grid(screen, "metric", "before", "after", "change (95 %)", "rows", "gate").right(1, 2, 3, 4);
        for (Score score : scores) {
            String verdict = score.verdict().name();
            grid.row(
                    Grid.Cell.of(score.metric()),
                    Grid.Cell.of(optional(score.before())),
                    Grid.Cell.of(optional(score.after())),
                    Grid.Cell.of(interval(score)),
                    Grid.Cell.of(Long.toString(score.rows())),
                    new Grid.Cell(verdict, StateWords.style(verdict)));
        }
        return grid.text();
    }

    private static String interval(Score score) {
        Double low = score.low();
        Double high = score.high();
        return low == null || high == null ? "-" : String.format(Locale.ROOT, "%+.4f .. %+.4f", low, high);
    }

    private static String optional(@Nullable Double value) {
        return value == null || value.isNaN() ? "-" : CliTexts.score(value);
    }
}
