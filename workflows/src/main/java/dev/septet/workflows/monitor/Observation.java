package dev.septet.workflows.monitor;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import java.util.Objects;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/**
 * One look at the audit log.
 *
 * @param rows rows in the window
 * @param enough whether the window held the minimum; if not, the cursor stays and rows gather
 * @param cursor where the next window begins, in bytes
 * @param reviewed rows that reviewers made of the pipeline's feedback, ever
 * @param head how far Septet's own audit log had come; null for other logs and in older histories
 */
public record Observation(
        long rows,
        boolean enough,
        long cursor,
        List<DriftFinding> findings,
        long reviewed,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable AuditHead head) {
    public Observation {
        findings = List.copyOf(findings);
    }

    /** One that knows of no reviewed rows. */
    public Observation(long rows, boolean enough, long cursor, List<DriftFinding> findings) {
        this(rows, enough, cursor, findings, 0, null);
    }

    /** One that knows of no audit log. */
    public Observation(long rows, boolean enough, long cursor, List<DriftFinding> findings, long reviewed) {
        this(rows, enough, cursor, findings, reviewed, null);
    }

    /** The same, with so many reviewed rows. */
    public Observation knowing(long reviewed) {
        return new Observation(rows, enough, cursor, findings, reviewed, head);
    }

    /** The same, with the head of the audit log. */
    public Observation noting(@Nullable AuditHead head) {
        return new Observation(rows, enough, cursor, findings, reviewed, head);
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
