package dev.septet.activities.dataset;

import dev.septet.dsl.text.PublicText;

/**
 * A place of the source that is not a row that can be trained on. It tells which and why, never
 * what: values may be personal.
 *
 * @param reason what was expected and what was found, without the row's own text
 * @param bytes length in the source, as far as it was read
 */
public record BadRow(RowPlace place, PublicText reason, long bytes) implements Reading {
    @Override
    public String toString() {
        return place + ": " + reason;
    }

    /** Place and reason, as they may leave. */
    public PublicText shown() {
        return PublicText.of("%s: %s", place.shown(), reason);
    }
}
