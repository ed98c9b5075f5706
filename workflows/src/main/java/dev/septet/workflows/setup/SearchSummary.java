package dev.septet.workflows.setup;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.septet.workflows.artifact.ArtifactRef;
import org.jspecify.annotations.Nullable;

/**
 * The end of a search.
 *
 * @param artifact folder with {@code search.json}: every trial, its values, rungs and scores
 * @param winner number of the trial whose settings training uses
 * @param chosen its settings
 * @param steps optimizer steps of all trials together, those before their rung was complete not counted
 * @param choice how the winner was chosen
 * @param left what the search did not try, and why; null = nothing
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record SearchSummary(
        ArtifactRef artifact,
        int winner,
        SearchPoint chosen,
        long steps,
        String choice,
        @Nullable String left) {}
