package dev.septet.activities.monitor;

import dev.septet.activities.attempt.StageProblem;
import dev.septet.activities.audit.AuditLogs;
import dev.septet.activities.files.PipelineFiles;
import dev.septet.activities.monitor.log.AuditLog;
import dev.septet.activities.monitor.log.AuditWindow;
import dev.septet.activities.monitor.log.ChainedLog;
import dev.septet.activities.review.ReviewedRows;
import dev.septet.workflows.FailureType;
import dev.septet.workflows.monitor.AuditHead;
import dev.septet.workflows.monitor.MonitorRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Files of this machine that a check reads: the audit log and the reviewed rows. */
public record MonitoredLog(PipelineFiles files, AuditLogs logs, ReviewedRows reviewed) {
    private static final Logger LOG = LoggerFactory.getLogger(MonitoredLog.class);

    /**
     * Reads a window and logs its problems. A missing log is an empty window: perhaps there was no
     * request yet.
     */
    AuditWindow window(MonitorRequest request) throws IOException {
        AuditWindow window = read(request);
        logProblems(request, window);
        return window;
    }

    /**
     * The log's head. The workflow history stores it, so a later comparison with the log finds
     * missing lines.
     */
    @Nullable
    AuditHead head(MonitorRequest request) throws IOException {
        return request.spec().log() == null
                ? logs.head(request.run().pipeline()).orElse(null)
                : null;
    }

    /** Number of rows that reviewers have ever made of the pipeline's feedback. */
    long reviewedRows(MonitorRequest request) throws IOException {
        return reviewed.count(request.run().pipeline());
    }

    /** Reads a window without logging its problems. */
    AuditWindow read(MonitorRequest request) throws IOException {
        try {
            String log = request.spec().log();
            String pipeline = request.run().pipeline();
            if (log == null) {
                return new ChainedLog(
                                logs.reader(pipeline), pipeline, request.spec().minimum())
                        .read(request.cursor());
            }
            Path path = files.read(request.run(), log);
            return Files.isDirectory(path)
                    ? new ChainedLog(logs.reader(path), pipeline, request.spec().minimum()).read(request.cursor())
                    : new AuditLog(path).read(request.cursor());
        } catch (StageProblem absent) {
            if (absent.type() != FailureType.INVALID_PIPELINE) {
                throw absent;
            }
            return AuditWindow.none(request.cursor());
        }
    }

    /** Logs the problems of a window for the operator. */
    static void logProblems(MonitorRequest request, AuditWindow window) {
        if (window.restarted()) {
            LOG.warn(
                    "{}: is no longer the log that was read up to byte {}; it was rotated or cut,"
                            + " so this check begins at its start",
                    request.spec().logName(),
                    request.cursor());
        }
        if (window.rejected() > 0) {
            LOG.warn(
                    "{}: skipped {} lines without a prompt (expected a JSON object with \"prompt\" or"
                            + " \"messages\")",
                    request.spec().logName(),
                    window.rejected());
        }
    }
}
