package dev.septet.activities.dataset;

import dev.septet.dsl.text.PublicText;

/**
 * Where a row stands in its source.
 *
 * @param file the source as the pipeline names it
 * @param line the row's first line, from 1
 */
public record RowPlace(String file, long line) {
    @Override
    public String toString() {
        return file + ":" + line;
    }

    /** Where it is, as it may leave. */
    public PublicText shown() {
        return PublicText.of("%s:%d", PublicText.file(file), line);
    }

    /** The place that {@link #toString} wrote. */
    static RowPlace parse(String text) {
        int colon = text.lastIndexOf(':');
        if (colon < 1) {
            throw new IllegalArgumentException("expected file:line, got '" + text + "'");
        }
        return new RowPlace(text.substring(0, colon), Long.parseLong(text.substring(colon + 1)));
    }
}
