package dev.septet.workflows;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

/**
 * How far a stage is, as its activity tells the run now and then for the run's page.
 *
 * @param stage the stage's word in the language
 * @param ticket the run's: what comes without it is not shown
 */
public record StageProgress(
        @Nullable String stage,
        @Nullable Progress progress,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String ticket) {
    /** Of a run without a ticket. */
    public StageProgress(@Nullable String stage, @Nullable Progress progress) {
        this(stage, progress, null);
    }
}
