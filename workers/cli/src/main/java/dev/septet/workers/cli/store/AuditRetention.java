package dev.septet.workers.cli.store;

import dev.septet.activities.audit.AuditLogs;
import dev.septet.activities.audit.AuditSettings;
import dev.septet.workers.cli.option.ExitCode;
import dev.septet.workers.cli.option.Session;
import java.io.IOException;
import java.time.Duration;
import java.util.List;

/** Applies {@code SEPTET_AUDIT_DAYS} to the audit logs that no model server writes. The clock was compared before. */
final class AuditRetention {
    private final Session session;
    private boolean failed;

    AuditRetention(Session session) {
        this.session = session;
    }

    /** @param dryRun only says what would be shortened */
    void apply(boolean dryRun) throws IOException {
        Duration keep = AuditSettings.retention(session.environment());
        if (keep == null) {
            return;
        }
        AuditLogs logs = session.auditLogs();
        if (dryRun) {
            note("would lose its lines", logs.expired(keep, session.clock().instant()), keep.toDays());
            return;
        }
        AuditLogs.RetainedLogs done = logs.retain(keep, session.clock());
        note("lost its lines", done.shortened(), keep.toDays());
        done.failed().forEach(problem -> session.terminal().note("The audit log of " + problem));
        failed = !done.failed().isEmpty();
    }

    /** The store is collected also when a log cannot be shortened, but the command then fails. */
    int exitCode() {
        return failed ? ExitCode.RUN_FAILED : ExitCode.OK;
    }

    private void note(String what, List<String> pipelines, long days) {
        pipelines.forEach(pipeline -> session.terminal()
                .note("The audit log of %s %s that are older than %s days.".formatted(pipeline, what, days)));
    }
}
