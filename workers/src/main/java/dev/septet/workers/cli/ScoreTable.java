package dev.septet.workers.cli;

import com.github.freva.asciitable.AsciiTable;
import com.github.freva.asciitable.Column;
import com.github.freva.asciitable.ColumnData;
import com.github.freva.asciitable.HorizontalAlign;

import dev.septet.workflows.artifact.Score;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.Locale;
import java.util.function.Function;

/** Base model against tuned model, metric by metric. */
final class ScoreTable {
    private ScoreTable() {}

    static String of(List<Score> scores) {
        return AsciiTable.getTable(
                AsciiTable.BASIC_ASCII_NO_DATA_SEPARATORS_NO_OUTSIDE_BORDER,
                scores,
                List.of(
                        text("metric", Score::metric),
                        number("before", score -> optional(score.before())),
                        number("after", score -> Texts.score(score.after())),
                        number("change (95 %)", ScoreTable::interval),
                        number("rows", score -> Long.toString(score.rows())),
                        text("gate", score -> score.verdict().name())));
    }

    private static String interval(Score score) {
        Double low = score.low();
        Double high = score.high();
        return low == null || high == null
                ? "-"
                : String.format(Locale.ROOT, "%+.4f .. %+.4f", low, high);
    }

    private static String optional(@Nullable Double value) {
        return value == null ? "-" : Texts.score(value);
    }

    private static ColumnData<Score> text(String header, Function<Score, String> value) {
        return new Column()
                .header(header)
                .headerAlign(HorizontalAlign.LEFT)
                .dataAlign(HorizontalAlign.LEFT)
                .with(value);
    }

    private static ColumnData<Score> number(String header, Function<Score, String> value) {
        return new Column()
                .header(header)
                .headerAlign(HorizontalAlign.RIGHT)
                .dataAlign(HorizontalAlign.RIGHT)
                .with(value);
    }
}
