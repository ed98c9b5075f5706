package dev.septet.workflows;

import static org.assertj.core.api.Assertions.assertThat;

import dev.septet.workflows.artifact.Verdict;
import dev.septet.workflows.canary.CanaryFinding;
import dev.septet.workflows.canary.CanaryReading;
import io.temporal.failure.ApplicationFailure;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What is served over months, as routes would have it: one champion, at most one challenger. Models
 * are numbered in the order of their trainings; some are worse than they look.
 */
final class World {
    private final Supplier<Instant> clock;
    private final Set<Integer> failTheGate;
    private final Set<Integer> failLive;
    private final List<Drift> drifts;
    private final List<Outage> outages;
    private final Map<String, Integer> models = new HashMap<>();
    private final Map<Integer, Instant> trained = new HashMap<>();
    private @Nullable String champion;
    private @Nullable String challenger;

    /** What happened, in its order: {@code promoted 3}, {@code tried 4}, {@code rolled back 4}. */
    final List<String> journal = new ArrayList<>();

    /** When each training took place. */
    final List<Instant> trainings = new ArrayList<>();

    /** From then on until then, prompts are others than a model that is older was made for. */
    record Drift(Instant from, Instant to) {}

    /** From then on until then, these activities fail, as when a machine or its disk is away. */
    record Outage(Instant from, Instant to, Set<String> activities) {}

    /** Attempts that failed, by outage. */
    final Map<Outage, Integer> refused = new HashMap<>();

    World(
            Supplier<Instant> clock,
            Set<Integer> failTheGate,
            Set<Integer> failLive,
            List<Drift> drifts,
            List<Outage> outages) {
        this.clock = clock;
        this.failTheGate = failTheGate;
        this.failLive = failLive;
        this.drifts = drifts;
        this.outages = outages;
    }

    /**
     * An attempt of an activity.
     *
     * @throws ApplicationFailure in an outage; another attempt may do better
     */
    synchronized void attempt(String activity) {
        Instant now = clock.get();
        for (Outage outage : outages) {
            if (outage.activities().contains(activity) && now.isAfter(outage.from()) && now.isBefore(outage.to())) {
                refused.merge(outage, 1, Integer::sum);
                throw ApplicationFailure.newFailure("the disk is away", "StorageAway");
            }
        }
    }

    /** A run trains; asked again by the same run, it is the same model. */
    synchronized int train(String runId) {
        Integer known = models.get(runId);
        if (known != null) {
            return known;
        }
        int number = models.size() + 1;
        models.put(runId, number);
        trained.put(number, clock.get());
        trainings.add(clock.get());
        return number;
    }

    synchronized Verdict gate(String runId) {
        return failTheGate.contains(number(runId)) ? Verdict.NO_GO : Verdict.GO;
    }

    /** Digest of the run's export. */
    synchronized String export(String runId) {
        return String.format(Locale.ROOT, "%064d", number(runId));
    }

    synchronized @Nullable String champion() {
        return champion;
    }

    synchronized @Nullable String challenger() {
        return challenger;
    }

    synchronized void challenge(String sha256) {
        assertThat(challenger).as("model on trial already").isIn(null, sha256);
        if (challenger == null) {
            journal.add("tried " + Integer.parseInt(sha256));
        }
        challenger = sha256;
    }

    synchronized void promote(String sha256) {
        assertThat(challenger == null ? sha256 : challenger).isEqualTo(sha256);
        if (!sha256.equals(champion)) {
            journal.add("promoted " + Integer.parseInt(sha256));
        }
        champion = sha256;
        challenger = null;
    }

    synchronized void rollBack(String sha256) {
        if (sha256.equals(challenger)) {
            journal.add("rolled back " + Integer.parseInt(sha256));
            challenger = null;
        }
    }

    /** Live requests tell after an hour that a model is bad. */
    synchronized CanaryReading check(String sha256, long elapsedSeconds) {
        boolean bad = failLive.contains(Integer.parseInt(sha256)) && elapsedSeconds >= 3600;
        return new CanaryReading(
                500, 60, List.of(new CanaryFinding("failed requests", 0, bad ? 0.5 : 0, bad, bad, "fails")));
    }

    /** Whether the champion sees prompts that it was not made for. */
    synchronized boolean drifted() {
        String now = champion;
        if (now == null) {
            return false;
        }
        Instant made = trained.get(Integer.parseInt(now));
        Instant at = clock.get();
        return drifts.stream()
                .anyMatch(drift -> at.isAfter(drift.from())
                        && at.isBefore(drift.to())
                        && drift.from().isAfter(made));
    }

    private int number(String runId) {
        return models.getOrDefault(runId, 0);
    }
}
