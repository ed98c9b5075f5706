package dev.septet.workflows.approval;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

/**
 * Input of the Updates {@code approve} and {@code reject}: who answers, and what they looked at. It
 * comes from outside, so anything may be absent until it is checked.
 *
 * @param by the person's name, in their own words
 * @param role in whose name they answer
 * @param artifact sha256 of the export
 * @param report sha256 of the evaluation report
 * @param comment a sentence for the record; the reason of a rejection
 * @param signature by the person's SSH key over the answer's {@link SignedText}; null for none
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ApprovalDecision(
        @Nullable String by,
        @Nullable String role,
        @Nullable String artifact,
        @Nullable String report,
        @Nullable String comment,
        @Nullable String signature) {
    /** One that nobody signed. */
    public ApprovalDecision(
            @Nullable String by,
            @Nullable String role,
            @Nullable String artifact,
            @Nullable String report,
            @Nullable String comment) {
        this(by, role, artifact, report, comment, null);
    }

    /** The same, signed. */
    public ApprovalDecision signed(String by) {
        return new ApprovalDecision(this.by, role, artifact, report, comment, by);
    }
}
