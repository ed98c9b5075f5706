package dev.septet.activities.dataset.file;

import java.io.IOException;
import java.util.Optional;

/** Cuts a file into the bytes of its records. */
public interface Slicer {
    /**
     * The next record's bytes; empty at the end.
     *
     * @throws DatasetProblem when nothing can be found behind this point
     */
    Optional<Slice> next() throws IOException;
}
