package dev.septet.dsl.problem;

import java.util.Locale;

/** The source line of a problem and the carets below it. */
final class Caret {
    /** The number of columns shown of a long line, with the problem near the middle. */
    private static final int WIDTH = 100;

    private Caret() {}

    static String under(Problem problem) {
        SourceLocation at = problem.location();
        int[] line = problem.line().codePoints().toArray();
        int start = Math.min(at.column() - 1, line.length);
        int end = at.endLine() == at.line() ? at.endColumn() - 1 : line.length;
        int from = line.length <= WIDTH ? 0 : Math.max(0, start - WIDTH / 2);
        int to = Math.min(line.length, from + WIDTH);

        var shown = new StringBuilder();
        var carets = new StringBuilder();
        for (int i = from; i < Math.max(to, start + 1); i++) {
            String piece = i >= to ? "" : line[i] == '\t' ? "\t" : Quote.visible(line[i]);
            shown.append(piece);
            if (i == start || (i > start && i < Math.min(end, to))) {
                carets.append("^".repeat(Math.max(1, piece.length())));
            } else if (i < start) {
                carets.append(piece.equals("\t") ? "\t" : " ".repeat(piece.length()));
            }
        }
        return String.format(Locale.ROOT, "%5d | %s%n      | %s%n", at.line(), shown, carets)
                .replace(System.lineSeparator(), "\n");
    }
}
