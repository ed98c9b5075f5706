package dev.septet.activities.track;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.septet.activities.attempt.StageProblem;
import dev.septet.activities.track.server.DeclaredTracker;
import dev.septet.activities.track.server.DeclaredTrackers;
import dev.septet.dsl.pipeline.PipelineSpec;
import dev.septet.dsl.pipeline.track.MlflowSpec;
import dev.septet.dsl.pipeline.track.OpenLineageSpec;
import dev.septet.dsl.pipeline.track.TrackerSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Whether a tracker is allowed here and answers. It does not decide whether a run may begin, because no run needs a tracker.
 *
 * @param tracker as the pipeline file names it, or by its name in the operator's file
 * @param problem why it is not allowed or does not answer; null when it does
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record TrackerCheck(String tracker, @Nullable String problem) {
    /** The trackers of a pipeline. */
    public static List<TrackerCheck> of(PipelineSpec spec, DeclaredTrackers servers) throws InterruptedException {
        List<TrackerCheck> all = new ArrayList<>();
        for (TrackerSpec tracker : spec.trackers()) {
            String where = "track " + tracker.written();
            if (tracker instanceof MlflowSpec mlflow) {
                all.add(check(
                        tracker.written(),
                        servers,
                        () -> servers.tracker(where, mlflow.tracker(), DeclaredTracker.Type.MLFLOW, spec.name())));
            } else if (tracker instanceof OpenLineageSpec lineage && lineage.tracker() != null) {
                String name = lineage.tracker();
                all.add(check(
                        tracker.written(),
                        servers,
                        () -> servers.tracker(where, name, DeclaredTracker.Type.OPENLINEAGE, spec.name())));
            } else {
                all.add(new TrackerCheck(tracker.written(), null));
            }
        }
        return all;
    }

    /**
     * The trackers of the operator's file.
     *
     * @throws StageProblem POLICY_DENIED with file and line when it cannot be read
     */
    public static List<TrackerCheck> of(DeclaredTrackers servers) throws InterruptedException {
        List<TrackerCheck> all = new ArrayList<>();
        for (DeclaredTracker tracker : new TreeMap<>(servers.all()).values()) {
            all.add(check(tracker.name(), servers, () -> tracker));
        }
        return all;
    }

    /** Finds a server, or says why it is not allowed. */
    @FunctionalInterface
    private interface Lookup {
        DeclaredTracker server();
    }

    private static TrackerCheck check(String shown, DeclaredTrackers servers, Lookup lookup)
            throws InterruptedException {
        try {
            servers.client(lookup.server()).check();
            return new TrackerCheck(shown, null);
        } catch (StageProblem problem) {
            return new TrackerCheck(shown, String.valueOf(problem.getMessage()));
        }
    }
}
