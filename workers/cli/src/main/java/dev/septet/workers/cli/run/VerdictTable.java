package dev.septet.workers.cli.run;

import dev.septet.activities.resume.WordVerdict;
import dev.septet.workers.cli.screen.Grid;
import dev.septet.workers.cli.screen.Screen;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Prints what changed since an earlier run, setting by setting, and whether each change allows a
 * resume.
 */
final class VerdictTable {
    private VerdictTable() {}

    static String of(Screen screen, List<WordVerdict> verdicts) {
        Grid grid = new Grid(screen, "changed", "was", "is", "verdict", "because");
        for (WordVerdict word : verdicts) {
            grid.row(word.word(), shown(word.was()), shown(word.now()), verdict(word.verdict()), word.why());
        }
        return grid.text();
    }

    private static String verdict(WordVerdict.Verdict verdict) {
        return switch (verdict) {
            case REUSABLE -> "reusable";
            case RERUN -> "must rerun";
            case INCOMPATIBLE -> verdict.name().toLowerCase(Locale.ROOT);
        };
    }

    private static String shown(@Nullable String value) {
        return value == null ? "-" : value;
    }
}
