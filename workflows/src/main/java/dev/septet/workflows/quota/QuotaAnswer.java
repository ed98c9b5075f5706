package dev.septet.workflows.quota;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

/**
 * Whether a stage may begin.
 *
 * @param usedUp which quota is used up, when the run continues, and what may be done, in a sentence; null = the stage may
 *     begin
 * @param until when the next period begins, in milliseconds since 1970; 0 when the stage may begin
 * @param unknown whether {@code usedUp} says instead why the use or the quotas are not known now. Such a run waits, also when it
 *     was asked not to wait for a quota
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record QuotaAnswer(
        @Nullable String usedUp,
        @JsonInclude(JsonInclude.Include.NON_DEFAULT) long until,
        @JsonInclude(JsonInclude.Include.NON_DEFAULT) boolean unknown) {
    /** The stage may begin. */
    public static final QuotaAnswer FREE = new QuotaAnswer(null, 0, false);
}
