package dev.septet.activities.dataset;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.septet.activities.dataset.file.DatasetProblem;
import java.util.Set;

/** What happens to a record after it was read and before it becomes a row. */
@FunctionalInterface
public interface RecordEdit {
    /** Leaves every record as it is. */
    RecordEdit NONE = (record, place) -> true;

    /**
     * Changes the record in place.
     *
     * @return whether it stays
     * @throws RowProblem when this record is bad
     * @throws DatasetProblem when nothing can be done with any
     */
    boolean apply(ObjectNode record, RowPlace place);

    /** Names of the fields that it reads. */
    default Set<String> reads() {
        return Set.of();
    }
}
