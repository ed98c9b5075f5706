package dev.septet.workers.log;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** The trace ids of the newest workflow runs of this process, so that log lines of all threads can name them. */
public final class TracedRuns {
    private static final int NEWEST = 10_000;

    private static final Map<String, String> TRACES = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, String> eldest) {
            return size() > NEWEST;
        }
    };

    private TracedRuns() {}

    /** Notes the trace of a workflow's run. */
    public static void add(String runId, String traceId) {
        synchronized (TRACES) {
            TRACES.put(runId, traceId);
        }
    }

    /** The trace of a workflow's run. */
    static Optional<String> of(String runId) {
        synchronized (TRACES) {
            return Optional.ofNullable(TRACES.get(runId));
        }
    }
}
