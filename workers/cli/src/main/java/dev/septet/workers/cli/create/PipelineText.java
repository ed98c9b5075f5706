package dev.septet.workers.cli.create;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Writes the text of a pipeline file: blocks of statements, with comments. */
final class PipelineText {
    private static final String INDENT = "    ";

    private final List<String> lines = new ArrayList<>();
    private int depth;

    /** Opens a block, such as that of {@code prepare}. */
    PipelineText open(String head) {
        statement(head + " {");
        depth++;
        return this;
    }

    PipelineText close() {
        depth--;
        return statement("}");
    }

    PipelineText statement(String text) {
        lines.add(INDENT.repeat(depth) + text);
        return this;
    }

    /** Adds a comment of one or more lines. Line breaks and control characters in it become spaces. */
    PipelineText comment(String text) {
        StringBuilder line = new StringBuilder();
        for (String word : plain(text).split(" ", -1)) {
            if (!line.isEmpty() && line.length() + word.length() + 4 * depth > 108) {
                statement("// " + line);
                line.setLength(0);
            }
            line.append(line.isEmpty() ? "" : " ").append(word);
        }
        return statement("// " + line);
    }

    PipelineText blank() {
        lines.add("");
        return this;
    }

    /** The whole text. */
    String text() {
        return String.join("\n", lines) + "\n";
    }

    /** A text as a Groovy literal in single quotes. */
    static String quoted(String text) {
        StringBuilder literal = new StringBuilder("'");
        text.codePoints().forEach(point -> {
            if (point == '\'' || point == '\\') {
                literal.append('\\').appendCodePoint(point);
            } else if (point < ' ' || point == 0x7f || (point >= 0x80 && point < 0xa0)) {
                literal.append(String.format(Locale.ROOT, "\\u%04x", point));
            } else {
                literal.appendCodePoint(point);
            }
        });
        return literal.append("'").toString();
    }

    private static String plain(String text) {
        StringBuilder plain = new StringBuilder();
        text.codePoints()
                .map(point ->
                        Character.isISOControl(point) || Character.getType(point) == Character.FORMAT ? ' ' : point)
                .forEach(plain::appendCodePoint);
        // A backslash before `u` starts an escape even in a comment of Groovy.
        return plain.toString().replace('\\', '/').strip();
    }
}
