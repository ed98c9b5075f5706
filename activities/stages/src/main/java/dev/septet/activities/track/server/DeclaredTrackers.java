package dev.septet.activities.track.server;

import dev.septet.activities.operator.OperatorFile;
import dev.septet.activities.operator.OperatorName;
import dev.septet.dsl.pipeline.track.TrackerSpec;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The servers of trackers that pipelines may use on this worker, by name.
 *
 * @param file the operator's file; null = none is set
 * @param environment of the worker, with the secrets
 */
public record DeclaredTrackers(@Nullable Path file, Map<String, String> environment) {
    public DeclaredTrackers {
        environment = Map.copyOf(environment);
    }

    /** As the environment says. */
    public static DeclaredTrackers of(Map<String, String> environment) {
        return new DeclaredTrackers(OperatorFile.named(environment), environment);
    }

    /**
     * The trackers of the operator's file.
     *
     * @throws dev.septet.activities.attempt.StageProblem POLICY_DENIED with file and line when it cannot be read
     */
    public Map<String, DeclaredTracker> all() {
        return file == null
                ? Map.of()
                : OperatorName.section(
                        new OperatorFile(file), "trackers", TrackerSpec.NAME_PATTERN, DeclaredTracker::of);
    }

    /**
     * The names of the variables that hold the secrets of all trackers.
     *
     * @throws dev.septet.activities.attempt.StageProblem POLICY_DENIED with file and line when the file cannot be read
     */
    public Set<String> variables() {
        Set<String> names = new TreeSet<>();
        all().values().forEach(tracker -> names.addAll(tracker.variables()));
        return names;
    }

    /**
     * The tracker of a name.
     *
     * @param where what names it, such as {@code track mlflow('team')}
     * @throws dev.septet.activities.attempt.StageProblem POLICY_DENIED when the operator does not let the pipeline use it
     */
    public DeclaredTracker tracker(String where, String name, DeclaredTracker.Type type, String pipeline) {
        DeclaredTracker tracker = OperatorName.required(file, all(), where, "tracker", name);
        OperatorName.requirePipeline(file, tracker.pipelines(), pipeline, where, "use this tracker");
        if (tracker.type() != type) {
            throw OperatorName.denied(
                    where,
                    "the tracker '%s' in the operator's file %s is of type %s"
                            .formatted(name, file, tracker.type().word()));
        }
        return tracker;
    }

    /** Requests to a tracker. */
    public TrackerClient client(DeclaredTracker tracker) {
        return new TrackerClient(tracker, tracker.authorization(environment));
    }
}
