package dev.septet.activities.dataset.file;

import dev.septet.dsl.text.PublicText;
import java.io.IOException;
import java.util.Optional;

/** Splits the elements of one JSON array by brackets and quotes, without recursion. */
public final class JsonArray implements Slicer {
    private final ByteCursor cursor;
    private final String file;
    private boolean open;
    private boolean closed;

    public JsonArray(ByteCursor cursor, String file) {
        this.cursor = cursor;
        this.file = file;
    }

    @Override
    public Optional<Slice> next() throws IOException {
        if (closed) {
            return Optional.empty();
        }
        int first = skipSpace();
        if (!open) {
            expect(first == '[', PublicText.of("expected [ at the start of the list"));
            cursor.next();
            open = true;
            first = skipSpace();
            if (first == ']') {
                return end();
            }
        } else if (first == ']') {
            return end();
        } else {
            expect(first == ',', PublicText.of("expected , or ] after a row"));
            cursor.next();
            first = skipSpace();
        }
        expect(first != ']' && first != ',', PublicText.of("expected a row"));
        return Optional.of(element());
    }

    private Optional<Slice> end() throws IOException {
        cursor.next();
        expect(skipSpace() == ByteCursor.END, PublicText.of("expected nothing after the list's ]"));
        closed = true;
        return Optional.empty();
    }

    private Slice element() throws IOException {
        cursor.begin();
        int depth = 0;
        boolean quoted = false;
        while (true) {
            int b = cursor.peek();
            if (b == ByteCursor.END) {
                expect(depth > 0 || quoted, PublicText.of("the list is never closed with ]"));
                closed = true;
                return cursor.end(true);
            }
            if (quoted) {
                quoted = b != '"';
                if (b == '\\') {
                    cursor.keep(cursor.next());
                    b = cursor.peek();
                    if (b == ByteCursor.END) {
                        continue;
                    }
                }
            } else if (b == '"') {
                quoted = true;
            } else if (b == '{' || b == '[') {
                depth++;
            } else if (depth == 0 && (b == ',' || b == ']')) {
                return cursor.end(false);
            } else if (b == '}' || b == ']') {
                depth--;
            }
            cursor.keep(cursor.next());
        }
    }

    private int skipSpace() throws IOException {
        while (true) {
            int b = cursor.peek();
            if (b != ' ' && b != '\t' && b != '\r' && b != '\n') {
                return b;
            }
            cursor.next();
        }
    }

    private void expect(boolean holds, PublicText message) {
        if (!holds) {
            throw new DatasetProblem(
                    DatasetProblem.Blame.DATA,
                    PublicText.of(
                            "%s:%d: %s; nothing after this place can be read",
                            PublicText.file(file), cursor.line(), message));
        }
    }
}
