package dev.septet.activities.prepare.check;

import dev.septet.activities.dataset.Row;
import java.io.IOException;

/** A step of cleaning that removes some rows. It sees the rows in the order of their source. */
public interface RowCheck {
    /** Whether the row is removed. The check counts it. */
    boolean removes(Row row) throws IOException;

    /** Number of rows that it removed. */
    long removed();
}
