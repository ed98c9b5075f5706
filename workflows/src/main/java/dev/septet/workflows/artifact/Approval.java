package dev.septet.workflows.artifact;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

/**
 * One person's answer to the question whether a model may be published, and what exactly it was
 * given for.
 *
 * @param approver who answered; in their own words where it is not signed
 * @param role in whose name
 * @param approved false for a rejection
 * @param at when, ISO 8601 in UTC
 * @param artifact sha256 of the export that was looked at
 * @param report sha256 of the evaluation report that was looked at
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
    /** One that no worker checked. */
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
