package dev.septet.dsl.problem;

import java.util.List;

/**
 * A pipeline file's text.
 *
 * @param file the name that problems are reported under
 */
public record SourceText(String file, String text, List<String> lines) {
    public SourceText {
        lines = List.copyOf(lines);
    }

    /** Splits the text at its line ends, and replaces each line end by {@code \n}. */
    public static SourceText of(String file, String text) {
        String unified = text.replace("\r\n", "\n");
        return new SourceText(file, unified, List.of(unified.split("\n", -1)));
    }

    /** The line with this number, counted from 1; empty beyond the file. */
    public String line(int number) {
        return number >= 1 && number <= lines.size() ? lines.get(number - 1) : "";
    }

    /** The text at a location within one line; the text of the first line when the location spans several lines. */
    public String excerpt(SourceLocation at) {
        String line = line(at.line());
        int length = line.codePointCount(0, line.length());
        int start = Math.min(Math.max(at.column() - 1, 0), length);
        int end = at.endLine() == at.line() ? Math.min(at.endColumn() - 1, length) : length;
        return end <= start ? "" : line.substring(line.offsetByCodePoints(0, start), line.offsetByCodePoints(0, end));
    }
}
