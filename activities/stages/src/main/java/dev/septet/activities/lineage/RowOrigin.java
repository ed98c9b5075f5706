package dev.septet.activities.lineage;

import dev.septet.activities.dataset.RowPlace;
import org.jspecify.annotations.Nullable;

/**
 * Where a prepared row comes from. A row that was derived from another one, such as an augmented row, has the origin of
 * its parent.
 *
 * @param place file and first line of the record
 * @param digest digest of the record as it was read, see {@link RowDigests}
 * @param content digest of the row's texts, see {@link RowDigests#content}; null for a row that an earlier version cleaned
 */
public record RowOrigin(
        RowPlace place, String digest, @Nullable String content) {}
