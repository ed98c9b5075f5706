package dev.septet.workers.deployment;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import dev.septet.workers.version.WorkerVersion;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * One version of a deployment.
 *
 * @param state {@code current}, {@code ramping}, {@code draining}, {@code drained} or {@code inactive}
 * @param rampPercent share of new runs that begin on it while it is ramping
 * @param workers number of worker processes that poll now, by task queue; 0 for a queue that nobody polls now
 * @param pinned number of open runs that are pinned to it; null where the server has no list
 * @param runs workflow ids of some of these runs
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record VersionState(
        String deployment,
        String buildId,
        String state,
        @Nullable Double rampPercent,
        Map<String, Integer> workers,
        @Nullable Long pinned,
        List<String> runs) {
    /** The state of the version on which new runs begin. */
    public static final String CURRENT = "current";

    public VersionState {
        workers = sorted(workers);
        runs = List.copyOf(runs);
    }

    private static SortedMap<String, Integer> sorted(Map<String, Integer> workers) {
        return new TreeMap<>(workers);
    }

    /** The version. */
    public WorkerVersion version() {
        return new WorkerVersion(deployment, buildId);
    }

    /** Task queues of the version that none of its workers polls now. */
    @JsonProperty("unpolled")
    public List<String> unpolled() {
        return workers.entrySet().stream()
                .filter(queue -> queue.getValue() == 0)
                .map(Map.Entry::getKey)
                .toList();
    }

    /** Whether any of its workers polls now. */
    public boolean polled() {
        return workers.values().stream().anyMatch(number -> number > 0);
    }

    /** Whether new runs begin on it. */
    public boolean current() {
        return state.equals(CURRENT);
    }

    /** Whether runs are pinned to it although a queue of it has no workers. */
    public boolean deserted() {
        return pinned != null && pinned > 0 && !unpolled().isEmpty();
    }

    /** Which runs wait for its workers; a sentence. */
    public String waits() {
        long number = pinned == null ? 0 : pinned;
        String more = number > runs.size() ? ", ..." : "";
        return String.format(
                Locale.ROOT,
                "%d %s of version %s (%s%s), but none of its workers polls %s.",
                number,
                number == 1 ? "run waits for workers" : "runs wait for workers",
                version().text(),
                String.join(", ", runs),
                more,
                String.join(" and ", unpolled()));
    }

    /** What to do about that; a sentence. */
    public String remedy() {
        return remedy(version(), runs.isEmpty() ? "RUN" : runs.get(0));
    }

    /** What to do about a run whose version has no workers; a sentence. */
    public static String remedy(WorkerVersion version, String run) {
        return "Start workers of that version with `septet worker --build-id %1$s%2$s`, or move the run to another version with `septet workers move %3$s --to BUILD%2$s`."
                .formatted(
                        version.buildId(),
                        version.deployment().equals(WorkerVersion.DEFAULT_DEPLOYMENT)
                                ? ""
                                : " --deployment " + version.deployment(),
                        run);
    }
}
