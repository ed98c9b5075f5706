package dev.septet.activities.dataset.record;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.septet.activities.dataset.ExcludedRow;
import dev.septet.activities.dataset.RowPlace;
import dev.septet.activities.dataset.RowProblem;
import dev.septet.activities.dataset.file.DatasetProblem;
import java.util.Optional;
import java.util.Set;

/** Changes or excludes a record after it is read and before it becomes a row. Several threads may use one edit. */
@FunctionalInterface
public interface RecordEdit {
    /** Leaves every record unchanged. */
    RecordEdit NONE = (record, place) -> true;

    /**
     * Changes the record in place.
     *
     * @return whether the record is kept
     * @throws RowProblem when this record is bad
     * @throws DatasetProblem when no record can be processed
     */
    boolean apply(ObjectNode record, RowPlace place);

    /** As {@link #apply}, with the reason why a record is excluded; empty for a record that is kept. */
    default Optional<ExcludedRow.Reason> excludes(ObjectNode record, RowPlace place) {
        return apply(record, place) ? Optional.empty() : Optional.of(ExcludedRow.Reason.FILTER);
    }

    /** Names of the fields that the edit reads. */
    default Set<String> reads() {
        return Set.of();
    }
}
