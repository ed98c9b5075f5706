package dev.septet.workers.cli;

import com.github.freva.asciitable.AsciiTable;

import dev.septet.activities.resume.WordVerdict;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.Locale;

/** What changed since an earlier run, word by word, and what that means for going on with it. */
final class VerdictTable {
    private VerdictTable() {}

    static String of(List<WordVerdict> verdicts) {
        return AsciiTable.getTable(
                AsciiTable.BASIC_ASCII_NO_DATA_SEPARATORS_NO_OUTSIDE_BORDER,
                new String[] {"changed", "was", "is", "verdict", "because"},
                null,
                verdicts.stream()
                        .map(
                                word ->
                                        new String[] {
                                            word.word(),
                                            shown(word.was()),
                                            shown(word.now()),
                                            verdict(word.verdict()),
                                            word.why()
                                        })
                        .toArray(String[][]::new));
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
