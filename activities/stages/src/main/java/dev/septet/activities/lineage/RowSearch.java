package dev.septet.activities.lineage;

import java.util.HashSet;
import java.util.Set;

/**
 * Rows that are searched in lineages, with what the lineages say of them. Other pipelines may have made rows of the rows that are
 * found, so all lineages are read again while {@link #size} grows.
 *
 * <p>Rows with equal texts are found too, and what other pipelines made of them. Nothing is concluded from them about further
 * records: a pipeline may reduce many rows to one text.
 */
final class RowSearch {
    private final RowQuery query;
    private final Set<String> digests;
    private final Set<String> contents;
    private final Set<String> derived = new HashSet<>();

    /** Why a row is found. */
    enum Match {
        /** It is a row of the query, or was made of one. */
        ROW,
        /** Its texts are those of such a row, or it was made of a row with such texts. */
        CONTENT,
        NONE
    }

    RowSearch(RowQuery query) {
        this.query = query;
        digests = new HashSet<>(query.digests());
        contents = new HashSet<>(query.contents());
    }

    /** Number of known digests. */
    int size() {
        return digests.size() + contents.size() + derived.size();
    }

    /** Whether and why a row is found; further rows are searched because of it. */
    Match find(LineageRow row) {
        Match match = match(row);
        if (match == Match.ROW) {
            digests.add(row.read());
            // A row of several origins must not lead to the others of them.
            (row.origins() == 1 ? digests : derived).add(row.prepared());
        } else if (match == Match.CONTENT) {
            derived.add(row.prepared());
        }
        String content = row.content();
        if (match != Match.NONE && content != null) {
            contents.add(content);
        }
        return match;
    }

    private Match match(LineageRow row) {
        if (digests.contains(row.read()) || digests.contains(row.prepared()) || query.matches(row)) {
            return Match.ROW;
        }
        String content = row.content();
        return derived.contains(row.read()) || (content != null && contents.contains(content))
                ? Match.CONTENT
                : Match.NONE;
    }
}
