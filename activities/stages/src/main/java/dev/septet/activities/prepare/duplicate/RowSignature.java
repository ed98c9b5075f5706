package dev.septet.activities.prepare.duplicate;

import java.util.List;

/**
 * What the near-duplicate filter compares of a row. It depends on the row only.
 *
 * @param texts the normalized texts
 * @param size number of shingles of the first text; 0 when it is empty
 * @param bands hash of each band of the first text's MinHash signature; empty when the text is
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record RowSignature(List<String> texts, int size, int[] bands) {
    public RowSignature {
        texts = List.copyOf(texts);
    }

    /** Whether there is nothing to compare. */
    boolean isEmpty() {
        return texts.get(0).isEmpty();
    }
}
