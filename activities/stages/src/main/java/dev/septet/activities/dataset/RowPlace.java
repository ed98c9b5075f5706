package dev.septet.activities.dataset;

import dev.septet.dsl.text.PublicText;

/**
 * The place of a row in its source.
 *
 * @param file the source's name in the pipeline file
 * @param line the row's first line, from 1
 */
public record RowPlace(String file, long line) {
    @Override
    public String toString() {
        return file + ":" + line;
    }

    /** The place, safe to show outside. */
    public PublicText shown() {
        return PublicText.of("%s:%d", PublicText.file(file), line);
    }

    /** Parses the text of {@link #toString}. */
    public static RowPlace parse(String text) {
        int colon = text.lastIndexOf(':');
        if (colon < 1) {
            throw new IllegalArgumentException("expected file:line, got '" + text + "'");
        }
        return new RowPlace(text.substring(0, colon), Long.parseLong(text.substring(colon + 1)));
    }
}
