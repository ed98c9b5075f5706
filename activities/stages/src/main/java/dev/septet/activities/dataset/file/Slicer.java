package dev.septet.activities.dataset.file;

import java.io.IOException;
import java.util.Optional;

/** Splits a file into the bytes of its records. */
public interface Slicer {
    /**
     * The next record's bytes; empty at the end.
     *
     * @throws DatasetProblem when no record can be found after this point
     */
    Optional<Slice> next() throws IOException;
}
