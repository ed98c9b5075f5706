package dev.septet.activities.audit;

import java.util.List;

/**
 * Lines of the log from a cursor on.
 *
 * @param rejected lines that are no lines of an audit log, or whose digest is wrong
 * @param from where reading began: the cursor, or later where lines had been deleted
 * @param next the cursor to go on with: behind the last whole line that was read
 */
public record AuditPage(List<AuditRecord> records, long rejected, long from, long next) {
    public AuditPage {
        records = List.copyOf(records);
    }
}
