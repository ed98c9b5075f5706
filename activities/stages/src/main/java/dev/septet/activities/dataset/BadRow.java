package dev.septet.activities.dataset;

import dev.septet.dsl.text.PublicText;

/**
 * A place of the source without a usable training row. It holds the place and the reason, but never
 * the row's values, because they may be personal.
 *
 * @param reason what was expected and what was found, without the row's own text
 * @param bytes length in the source in bytes, as far as it was read
 */
public record BadRow(RowPlace place, PublicText reason, long bytes) implements Reading {
    @Override
    public String toString() {
        return place + ": " + reason;
    }

    /** Place and reason, safe to show outside. */
    public PublicText shown() {
        return PublicText.of("%s: %s", place.shown(), reason);
    }
}
