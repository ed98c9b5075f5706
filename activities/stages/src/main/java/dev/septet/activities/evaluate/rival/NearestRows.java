package dev.septet.activities.evaluate.rival;

import java.io.Closeable;
import java.io.IOException;
import java.util.List;

/** An index of the training rows' texts. Equal rows and texts give equal answers on every machine. */
interface NearestRows extends Closeable {
    /** Adds the next row; rows are numbered from 0. */
    void add(String text) throws IOException;

    /** Ends the index; no row may be added afterwards. */
    void complete() throws IOException;

    /**
     * The nearest rows of each text, the nearest first. Of equally near rows, the one with the smaller number is first.
     *
     * @param count the largest number of rows for each text
     * @return numbers of rows, for each text; fewer where fewer have anything in common with it
     */
    List<int[]> nearest(List<String> texts, int count) throws IOException;

    /** Size of the index on the disk, in bytes, without the rows' texts. */
    long bytes() throws IOException;
}
