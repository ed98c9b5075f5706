package dev.septet.workflows.candidate;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.septet.workflows.artifact.ModelChoice;
import org.jspecify.annotations.Nullable;

/**
 * A candidate after its short training.
 *
 * @param training digest of the key of the whole training that its checkpoints belong to; null without checkpoints
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record CandidateTrained(
        ModelChoice.Examined candidate, @Nullable String training) {}
