package dev.septet.activities.monitor;

import dev.septet.activities.attempt.StageProblem;
import dev.septet.activities.audit.AuditLogs;
import dev.septet.activities.host.PipelineFiles;
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

/** The files of this machine that a look reads: the audit log and the reviewed rows. */
public record MonitoredLog(PipelineFiles files, AuditLogs logs, ReviewedRows reviewed) {
    private static final Logger LOG = LoggerFactory.getLogger(MonitoredLog.class);

    /** The log need not be there yet: nobody may have asked the model anything. */
    AuditWindow window(MonitorRequest request) throws IOException {
        AuditWindow window = read(request);
        tell(request, window);
        return window;
    }

    /** In the history, away from the log, it shows later that lines are missing. */
    @Nullable
    AuditHead head(MonitorRequest request) throws IOException {
        return request.spec().log() == null
                ? logs.head(request.run().pipeline()).orElse(null)
                : null;
    }

    /** Rows that reviewers made of the pipeline's feedback, ever. */
    long reviewedRows(MonitorRequest request) throws IOException {
        return reviewed.count(request.run().pipeline());
    }

    /** The same without a word to the operator. */
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

    /** Tells the operator what is wrong with a log. */
    static void tell(MonitorRequest request, AuditWindow window) {
        if (window.restarted()) {
            LOG.warn(
                    "{}: is no longer the log that was read up to byte {}; it was rotated or cut,"
                            + " so this check begins at its start",
                    request.spec().watched(),
                    request.cursor());
        }
        if (window.rejected() > 0) {
            LOG.warn(
                    "{}: {} lines hold no prompt (expected a JSON object with \"prompt\" or"
                            + " \"messages\") and were passed over",
                    request.spec().watched(),
                    window.rejected());
        }
    }
}
