package dev.septet.activities.lineage;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.septet.activities.dataset.RowPlace;
import dev.septet.activities.dataset.record.RecordTrace;
import java.util.Set;

/** Follows the rows of one preparation. */
public final class RowTracing implements RecordTrace {
    private final RowDigests digests;
    private final Set<String> excluded;

    /**
     * @param excluded digests of the rows that are left out
     */
    public RowTracing(RowDigests digests, Set<String> excluded) {
        this.digests = digests;
        this.excluded = Set.copyOf(excluded);
    }

    /** The digests of this store. */
    public RowDigests digests() {
        return digests;
    }

    @Override
    public String digest(ObjectNode record, RowPlace place) {
        return digests.of(record);
    }

    @Override
    public boolean forgets(String digest) {
        return excluded.contains(digest);
    }
}
