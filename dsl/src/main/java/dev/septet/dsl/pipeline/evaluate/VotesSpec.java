package dev.septet.dsl.pipeline.evaluate;

import static dev.septet.dsl.pipeline.Checks.require;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

/**
 * Votes of people, for the metric {@code humanWinRate}.
 *
 * @param file path of the votes file, which {@code septet review} writes
 * @param against the model whose answers were compared with those of the tuned model
 * @param unmeasured the largest share of sampled rows without a vote with which the metric may pass
 * @param text the content of the file, empty where it does not exist yet; null in a pipeline's spec
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record VotesSpec(
        String file,
        JudgeSpec.Against against,
        double unmeasured,
        @Nullable String text) {
    public VotesSpec {
        require(!file.isBlank(), "votes: needs a path");
        require(
                unmeasured >= 0 && unmeasured < 1,
                "unmeasured: must be from 0 to below 100.percent, got %s",
                unmeasured);
    }

    /** The same with the content of the file. */
    public VotesSpec with(String content) {
        return new VotesSpec(file, against, unmeasured, content);
    }
}
