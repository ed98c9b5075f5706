package dev.septet.activities.lineage;

import dev.septet.activities.dataset.RowPlace;
import java.util.HashSet;
import java.util.Set;

/**
 * Rows that are searched in lineages.
 *
 * @param digests digests of records or of prepared rows, or their first digits (at least {@value #SHORTEST})
 * @param places files and lines, as a pipeline names them
 */
public record RowQuery(Set<String> digests, Set<RowPlace> places) {
    /** Number of digits that identify a row. */
    public static final int SHORTEST = 12;

    public RowQuery {
        digests = Set.copyOf(digests);
        places = Set.copyOf(places);
    }

    /** Records with these digests. */
    public static RowQuery of(Set<String> digests) {
        return new RowQuery(digests, Set.of());
    }

    /** The same, and rows that were made of these prepared rows. */
    RowQuery and(Set<String> more) {
        Set<String> all = new HashSet<>(digests);
        all.addAll(more);
        return new RowQuery(all, places);
    }

    boolean matches(LineageRow row) {
        return digests.contains(row.read())
                || digests.contains(row.prepared())
                || places.contains(row.place())
                || digests.stream()
                        .anyMatch(digest -> digest.length() < RowDigests.DIGITS
                                && (row.read().startsWith(digest)
                                        || row.prepared().startsWith(digest)));
    }
}
