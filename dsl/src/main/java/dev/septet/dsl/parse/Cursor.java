package dev.septet.dsl.parse;

import dev.septet.dsl.problem.SourceLocation;
import dev.septet.dsl.problem.SourceText;

/** A position in a text that moves forward by code points and counts lines and columns. */
final class Cursor {
    /** The code point beyond the end. */
    static final int END = -1;

    private final String file;
    private final int[] points;
    private int index;
    private int line = 1;
    private int column = 1;

    Cursor(SourceText source) {
        file = source.file();
        points = source.text().codePoints().toArray();
    }

    boolean atEnd() {
        return index >= points.length;
    }

    int index() {
        return index;
    }

    int peek() {
        return peek(0);
    }

    int peek(int ahead) {
        int at = index + ahead;
        return at >= 0 && at < points.length ? points[at] : END;
    }

    boolean startsWith(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (peek(i) != text.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    void advance() {
        if (points[index++] == '\n') {
            line++;
            column = 1;
        } else {
            column++;
        }
    }

    void advance(int count) {
        for (int i = 0; i < count && !atEnd(); i++) {
            advance();
        }
    }

    /** The text from this index to here. */
    String since(int start) {
        return new String(points, start, index - start);
    }

    /** The location of this number of code points from the current position. */
    SourceLocation here(int length) {
        return SourceLocation.of(file, line, column, length);
    }
}
