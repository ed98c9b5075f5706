package dev.septet.activities.dataset.record;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.septet.activities.dataset.Row;
import dev.septet.activities.dataset.RowPlace;

/**
 * Follows records from their file to a dataset: computes their digests, and leaves out those that must be forgotten. For any
 * number of threads.
 */
public interface RecordTrace {
    /** Follows nothing. */
    RecordTrace NONE = new RecordTrace() {
        @Override
        public String digest(ObjectNode record, RowPlace place) {
            return "";
        }

        @Override
        public boolean forgets(String digest) {
            return false;
        }
    };

    /** The digest of a record as it was read, before names, filters and maps change it; empty when it is not followed. */
    String digest(ObjectNode record, RowPlace place);

    /** Whether the record with this digest is left out. */
    boolean forgets(String digest);

    /**
     * The digest of a row's texts after names, filters and maps, and before redaction; empty when it is not followed. Columns
     * beside the texts take no part.
     */
    default String content(Row row) {
        return "";
    }

    /** Whether a row with this digest of its texts is left out, whatever its record was. */
    default boolean forgetsContent(String digest) {
        return false;
    }
}
