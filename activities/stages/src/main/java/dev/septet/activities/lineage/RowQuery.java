package dev.septet.activities.lineage;

import dev.septet.activities.dataset.RowPlace;
import java.util.Set;

/**
 * Rows that are searched in lineages.
 *
 * @param digests digests of records or of prepared rows
 * @param starts first digits of such digests, at least {@value #SHORTEST} of them
 * @param places files and lines, as a pipeline names them
 * @param contents digests of rows' texts, see {@link RowDigests#content}
 */
public record RowQuery(Set<String> digests, Set<String> starts, Set<RowPlace> places, Set<String> contents) {
    /** Number of digits that identify a row. */
    public static final int SHORTEST = 12;

    public RowQuery {
        digests = Set.copyOf(digests);
        starts = Set.copyOf(starts);
        places = Set.copyOf(places);
        contents = Set.copyOf(contents);
    }

    /** Records with these digests. */
    public static RowQuery of(Set<String> digests) {
        return of(digests, Set.of());
    }

    /** Records with these digests, and rows whose texts have these digests. */
    public static RowQuery of(Set<String> digests, Set<String> contents) {
        return new RowQuery(digests, Set.of(), Set.of(), contents);
    }

    /** Records whose digests are or begin with these digits. */
    public static RowQuery startingWith(String digits) {
        return digits.length() == RowDigests.DIGITS
                ? of(Set.of(digits))
                : new RowQuery(Set.of(), Set.of(digits), Set.of(), Set.of());
    }

    /** The row at a place. */
    public static RowQuery at(RowPlace place) {
        return new RowQuery(Set.of(), Set.of(), Set.of(place), Set.of());
    }

    /** Whether a row is named, by its record and not by its texts. */
    boolean matches(LineageRow row) {
        return digests.contains(row.read())
                || digests.contains(row.prepared())
                || places.contains(row.place())
                || starts.stream()
                        .anyMatch(start ->
                                row.read().startsWith(start) || row.prepared().startsWith(start));
    }
}
