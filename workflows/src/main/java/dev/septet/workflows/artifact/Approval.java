package dev.septet.workflows.artifact;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

/**
 * One person's answer to the question whether a model may be published, with the digests that it is about.
 *
 * @param approver the person who answered; not verified when it is not signed
 * @param role the role in which the person answered
 * @param approved false for a rejection
 * @param at when, ISO 8601 in UTC
 * @param artifact sha256 of the export
 * @param report sha256 of the evaluation report
 * @param signed whether the person's key signed it
 * @param seal proof that a worker checked who answered; null in older histories
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Approval(
        String approver,
        String role,
        boolean approved,
        String at,
        String artifact,
        String report,
        @Nullable String comment,
        @JsonInclude(JsonInclude.Include.NON_DEFAULT) boolean signed,
        @Nullable String seal) {
    /** An answer that no worker checked. */
    public Approval(
            String approver,
            String role,
            boolean approved,
            String at,
            String artifact,
            String report,
            @Nullable String comment) {
        this(approver, role, approved, at, artifact, report, comment, false, null);
    }
}
