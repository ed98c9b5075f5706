package dev.septet.activities.lineage;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.septet.activities.dataset.Row;
import dev.septet.activities.dataset.RowPlace;
import dev.septet.activities.dataset.record.RecordTrace;

/** Follows the rows of one preparation. */
public final class RowTracing implements RecordTrace {
    private final RowDigests digests;
    private final ForgottenRows excluded;

    /**
     * @param excluded the rows that are left out
     */
    public RowTracing(RowDigests digests, ForgottenRows excluded) {
        this.digests = digests;
        this.excluded = excluded;
    }

    /** The digests of this store. */
    public RowDigests digests() {
        return digests;
    }

    /** The rows that are left out. */
    public ForgottenRows excluded() {
        return excluded;
    }

    @Override
    public String digest(ObjectNode record, RowPlace place) {
        return digests.of(record);
    }

    @Override
    public boolean forgets(String digest) {
        return excluded.digests().contains(digest);
    }

    @Override
    public String content(Row row) {
        return digests.content(row);
    }

    @Override
    public boolean forgetsContent(String digest) {
        return excluded.contents().contains(digest);
    }
}
