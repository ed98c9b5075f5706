package dev.septet.activities.monitor;

import dev.septet.activities.attempt.Attempt;
import dev.septet.activities.monitor.log.AuditWindow;
import dev.septet.activities.store.ArtifactStore;
import dev.septet.workflows.monitor.LogActivities;
import dev.septet.workflows.monitor.LogWindow;
import dev.septet.workflows.monitor.MonitorRequest;
import io.temporal.activity.Activity;

/** The monitor stage's work with this machine's files. */
public final class LogActivitiesImpl implements LogActivities {
    private final ArtifactStore store;
    private final MonitoredLog log;

    public LogActivitiesImpl(ArtifactStore store, MonitoredLog log) {
        this.store = store;
        this.log = log;
    }

    @Override
    public LogWindow read(MonitorRequest request) {
        MonitorActivitiesImpl.record(store, request);
        // Each check has its own fencing token: attempts of an earlier check belong to another activity.
        return Attempt.inside(
                store,
                request.run(),
                "window/" + Activity.getExecutionContext().getInfo().getActivityId(),
                0,
                attempt -> {
                    AuditWindow window = log.window(request);
                    boolean enough = window.rows().size() >= request.spec().minimum();
                    return new LogWindow(
                            window.rows().size(),
                            window.from(),
                            enough
                                    ? new StoredWindows(store).put(request.run().pipeline(), window, attempt.fence())
                                    : null,
                            log.reviewedRows(request),
                            log.head(request));
                });
    }
}
