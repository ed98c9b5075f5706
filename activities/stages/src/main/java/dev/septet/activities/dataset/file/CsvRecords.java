package dev.septet.activities.dataset.file;

import java.io.IOException;
import java.util.Optional;

/**
 * Reads records of comma-separated values (RFC 4180): a quoted field may contain commas and line
 * ends.
 */
public final class CsvRecords implements Slicer {
    private final ByteCursor cursor;

    public CsvRecords(ByteCursor cursor) {
        this.cursor = cursor;
    }

    @Override
    public Optional<Slice> next() throws IOException {
        while (cursor.peek() != ByteCursor.END) {
            cursor.begin();
            Slice slice = record();
            if (slice.length() > 0) {
                return Optional.of(slice);
            }
        }
        return Optional.empty();
    }

    private Slice record() throws IOException {
        boolean quoted = false;
        boolean fieldStart = true;
        for (int b = cursor.next(); b != ByteCursor.END; b = cursor.next()) {
            if (quoted) {
                // A doubled quote is a quote inside the field; a single one ends the quoted field.
                if (b == '"' && cursor.peek() == '"') {
                    cursor.keep(b);
                    b = cursor.next();
                } else if (b == '"') {
                    quoted = false;
                }
            } else if (b == '"' && fieldStart) {
                quoted = true;
            } else if (b == '\n' || (b == '\r' && cursor.peek() == '\n')) {
                if (b == '\r') {
                    cursor.next();
                }
                return cursor.end(false);
            }
            fieldStart = !quoted && b == ',';
            cursor.keep(b);
        }
        return cursor.end(quoted);
    }
}
