package dev.septet.activities.audit;

import java.util.List;

/**
 * Lines of the log from a cursor on.
 *
 * @param rejected lines that are not lines of an audit log, or whose digest is wrong
 * @param from where reading began: the cursor, or a later offset when lines had been deleted
 * @param next the cursor for the next page: the offset after the last whole line that was read
 */
public record AuditPage(List<AuditRecord> records, long rejected, long from, long next) {
    public AuditPage {
        records = List.copyOf(records);
    }
}
