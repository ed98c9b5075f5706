package dev.septet.activities.dataset.file;

import java.io.IOException;
import java.util.Optional;

/** One record per line; blank lines are skipped. */
public final class JsonLines implements Slicer {
    private final ByteCursor cursor;

    public JsonLines(ByteCursor cursor) {
        this.cursor = cursor;
    }

    @Override
    public Optional<Slice> next() throws IOException {
        while (cursor.peek() != ByteCursor.END) {
            cursor.begin();
            boolean blank = true;
            for (int b = cursor.next(); b != ByteCursor.END && b != '\n'; b = cursor.next()) {
                blank &= b == ' ' || b == '\t' || b == '\r';
                cursor.keep(b);
                if (!blank && !cursor.keeping()) {
                    cursor.passLine();
                    break;
                }
            }
            if (!blank) {
                return Optional.of(cursor.end(false));
            }
        }
        return Optional.empty();
    }
}
