package dev.septet.workflows.canary;

import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * The result of one check of a trial.
 *
 * @param champion requests that the present model answered, or failed, since the trial began
 * @param challenger requests that reached the new model
 */
public record CanaryReading(long champion, long challenger, List<CanaryFinding> findings) {
    public CanaryReading {
        findings = List.copyOf(findings);
    }

    /** Whether the trial must end at once. */
    boolean breached() {
        return findings.stream().anyMatch(CanaryFinding::proven);
    }

    /** Whether the new model, by the numbers so far, is worse than allowed. */
    boolean worse() {
        return findings.stream().anyMatch(CanaryFinding::worse);
    }

    String reasons(Predicate<CanaryFinding> which) {
        return findings.stream().filter(which).map(CanaryFinding::sentence).collect(Collectors.joining("; "));
    }
}
