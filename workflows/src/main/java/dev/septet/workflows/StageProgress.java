package dev.septet.workflows;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

/**
 * The progress of a stage, which its activity sends to the run from time to time for the run's page.
 *
 * @param stage the stage's word in the language
 * @param ticket the run's ticket; progress without it is ignored
 */
public record StageProgress(
        @Nullable String stage,
        @Nullable Progress progress,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String ticket) {
    /** Progress of a run without a ticket. */
    public StageProgress(@Nullable String stage, @Nullable Progress progress) {
        this(stage, progress, null);
    }
}
