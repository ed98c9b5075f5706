package dev.septet.activities.dataset.transform;

import dev.septet.activities.dataset.RowPlace;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;

/**
 * Values of records that were read ahead, until their rows are used. Records are added and taken in the order of the file,
 * so values of rows that nobody took are dropped.
 */
public final class PlaceValues<T> {
    private record Entry<T>(RowPlace place, T value) {}

    private final Deque<Entry<T>> entries = new ArrayDeque<>();

    /** Adds the value of the next record. */
    public void add(RowPlace place, T value) {
        entries.add(new Entry<>(place, value));
    }

    /** The value of the record in this place, which is added only once; empty for a record without a value. */
    public Optional<T> take(RowPlace place) {
        boolean known = entries.stream().anyMatch(entry -> entry.place().equals(place));
        while (known) {
            Entry<T> first = entries.remove();
            if (first.place().equals(place)) {
                return Optional.of(first.value());
            }
        }
        return Optional.empty();
    }
}
