package dev.septet.workflows.monitor;

import java.util.List;

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
}
