package dev.septet.workflows.monitor;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import java.util.Objects;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/**
 * The result of one check of the audit log.
 *
 * @param rows rows in the window
 * @param enough whether the window had the minimum; if not, the cursor stays and rows accumulate
 * @param cursor where the next window begins, in bytes
 * @param reviewed rows that reviewers made from the pipeline's feedback, in total
 * @param head last line of Septet's own audit log; null for other logs and in older histories
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

    /** An observation without reviewed rows. */
    public Observation(long rows, boolean enough, long cursor, List<DriftFinding> findings) {
        this(rows, enough, cursor, findings, 0, null);
    }

    /** An observation without the head of an audit log. */
    public Observation(long rows, boolean enough, long cursor, List<DriftFinding> findings, long reviewed) {
        this(rows, enough, cursor, findings, reviewed, null);
    }

    /** The same observation with this number of reviewed rows. */
    public Observation withReviewed(long reviewed) {
        return new Observation(rows, enough, cursor, findings, reviewed, head);
    }

    /** The same observation with the head of the audit log. */
    public Observation withHead(@Nullable AuditHead head) {
        return new Observation(rows, enough, cursor, findings, reviewed, head);
    }

    /** Whether any detector found drift. */
    public boolean drifted() {
        return findings.stream().anyMatch(DriftFinding::drifted);
    }

    /**
     * The confidence that something drifted: 1 - the smallest corrected probability of the findings. Empty when no
     * detector had enough values.
     */
    public OptionalDouble certainty() {
        return findings.stream()
                .map(DriftFinding::corrected)
                .filter(Objects::nonNull)
                .mapToDouble(chance -> 1 - chance)
                .max();
    }
}
