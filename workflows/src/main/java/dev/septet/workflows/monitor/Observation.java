package dev.septet.workflows.monitor;

import java.util.List;
import java.util.Objects;
import java.util.OptionalDouble;

/**
 * One look at the audit log.
 *
 * @param rows rows in the window
 * @param enough whether the window held the minimum; if not, the cursor stays and rows gather
 * @param cursor where the next window begins, in bytes
 */
public record Observation(long rows, boolean enough, long cursor, List<DriftFinding> findings) {
    public Observation {
        findings = List.copyOf(findings);
    }

    /** Whether any detector says drift. */
    public boolean drifted() {
        return findings.stream().anyMatch(DriftFinding::drifted);
    }

    /**
     * How sure a look is that something drifted: 1 - the smallest corrected chance of its findings.
     * Empty when no detector had enough values.
     */
    public OptionalDouble certainty() {
        return findings.stream()
                .map(DriftFinding::corrected)
                .filter(Objects::nonNull)
                .mapToDouble(chance -> 1 - chance)
                .max();
    }
}
