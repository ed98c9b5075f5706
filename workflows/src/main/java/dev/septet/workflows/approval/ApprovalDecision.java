package dev.septet.workflows.approval;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

/**
 * Input of the Updates {@code approve} and {@code reject}: the person who answers, and the artifacts that the answer is
 * about. It comes from outside, so every field may be absent until it is checked.
 *
 * @param by the person's name, as the person wrote it
 * @param role the role in which the person answers
 * @param artifact sha256 of the export
 * @param report sha256 of the evaluation report
 * @param comment a sentence for the record; the reason of a rejection
 * @param signature signature of the answer's {@link SignedText} by the person's SSH key, or the token of a sign-in for this
 *     text; null for none
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ApprovalDecision(
        @Nullable String by,
        @Nullable String role,
        @Nullable String artifact,
        @Nullable String report,
        @Nullable String comment,
        @Nullable String signature) {
    /** An answer without a signature. */
    public ApprovalDecision(
            @Nullable String by,
            @Nullable String role,
            @Nullable String artifact,
            @Nullable String report,
            @Nullable String comment) {
        this(by, role, artifact, report, comment, null);
    }

    /** The same answer with a signature. */
    public ApprovalDecision signed(String by) {
        return new ApprovalDecision(this.by, role, artifact, report, comment, by);
    }
}
