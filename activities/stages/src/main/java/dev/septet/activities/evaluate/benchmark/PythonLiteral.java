package dev.septet.activities.evaluate.benchmark;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads the Python literals that templates print for lists: lists, tuples, texts, numbers, True, False and None. */
final class PythonLiteral {
    private static final int MOST_DEPTH = 20;

    private final String text;
    private int at;

    private PythonLiteral(String text) {
        this.text = text;
    }

    /** A text is not a Python literal. */
    static final class NotALiteral extends Exception {
        private static final long serialVersionUID = 1L;

        NotALiteral() {
            super(null, null, false, false);
        }
    }

    /** The value of a text. */
    static @Nullable Object of(String text) throws NotALiteral {
        PythonLiteral reader = new PythonLiteral(text.strip());
        Object value = reader.value(0);
        reader.space();
        if (reader.at < reader.text.length()) {
            throw new NotALiteral();
        }
        return value;
    }

    private @Nullable Object value(int depth) throws NotALiteral {
        space();
        if (at >= text.length() || depth > MOST_DEPTH) {
            throw new NotALiteral();
        }
        char first = text.charAt(at);
        if (first == '[' || first == '(') {
            return list(first == '[' ? ']' : ')', depth);
        }
        if (first == '\'' || first == '"') {
            StringBuilder joined = new StringBuilder(string());
            for (space(); at < text.length() && (text.charAt(at) == '\'' || text.charAt(at) == '"'); space()) {
                joined.append(string()); // adjacent texts are one text
            }
            return joined.toString();
        }
        int start = at;
        while (at < text.length()
                && ("+-.".indexOf(text.charAt(at)) >= 0 || Character.isLetterOrDigit(text.charAt(at)))) {
            at++;
        }
        return word(text.substring(start, at));
    }

    private static @Nullable Object word(String word) throws NotALiteral {
        try {
            return switch (word) {
                case "True" -> true;
                case "False" -> false;
                case "None" -> null;
                default -> word.matches("[-+]?[0-9]{1,18}") ? (Object) Long.valueOf(word) : (Object) decimal(word);
            };
        } catch (NumberFormatException e) {
            throw new NotALiteral();
        }
    }

    private static Double decimal(String word) throws NotALiteral {
        if (!word.matches("[-+]?([0-9]+\\.?[0-9]*|\\.[0-9]+)([eE][-+]?[0-9]+)?")) {
            throw new NotALiteral();
        }
        return Double.valueOf(word);
    }

    private List<@Nullable Object> list(char close, int depth) throws NotALiteral {
        at++;
        List<@Nullable Object> items = new ArrayList<>();
        for (space(); at < text.length() && text.charAt(at) != close; space()) {
            items.add(value(depth + 1));
            space();
            if (at < text.length() && text.charAt(at) == ',') {
                at++;
            } else if (at >= text.length() || text.charAt(at) != close) {
                throw new NotALiteral();
            }
        }
        if (at >= text.length()) {
            throw new NotALiteral();
        }
        at++;
        return items;
    }

    private String string() throws NotALiteral {
        char quote = text.charAt(at++);
        StringBuilder value = new StringBuilder();
        while (at < text.length() && text.charAt(at) != quote) {
            char next = text.charAt(at++);
            if (next == '\n') {
                throw new NotALiteral();
            }
            if (next == '\\') {
                escape(value);
            } else {
                value.append(next);
            }
        }
        if (at++ >= text.length()) {
            throw new NotALiteral();
        }
        return value.toString();
    }

    private void escape(StringBuilder value) throws NotALiteral {
        if (at >= text.length()) {
            throw new NotALiteral();
        }
        char kind = text.charAt(at++);
        switch (kind) {
            case 'n' -> value.append('\n');
            case 't' -> value.append('\t');
            case 'r' -> value.append('\r');
            case '\\', '\'', '"' -> value.append(kind);
            case 'x' -> value.appendCodePoint(hex(2));
            case 'u' -> value.appendCodePoint(hex(4));
            case 'U' -> value.appendCodePoint(hex(8));
            default -> throw new NotALiteral();
        }
    }

    private int hex(int digits) throws NotALiteral {
        if (at + digits > text.length()) {
            throw new NotALiteral();
        }
        try {
            int point = Integer.parseInt(text, at, at + digits, 16);
            at += digits;
            if (!Character.isValidCodePoint(point)) {
                throw new NotALiteral();
            }
            return point;
        } catch (NumberFormatException e) {
            throw new NotALiteral();
        }
    }

    private void space() {
        while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
            at++;
        }
    }
}
