package dev.septet.dsl.pipeline.evaluate;

import static dev.septet.dsl.pipeline.Checks.require;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.septet.dsl.pipeline.Checks;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Questions that the model cannot answer, and should not.
 *
 * @param path path of a dataset; its answers are not read
 * @param minAbstain smallest accepted share of answers that abstain: 0.9 = ninety percent; null = no bound
 * @param phrases more phrases that abstain, beside the built-in ones
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record UnanswerableSpec(
        String path,
        @Nullable Double minAbstain,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) List<String> phrases) {
    private static final int MOST_PHRASES = 100;
    private static final int LONGEST_PHRASE = 200;

    public UnanswerableSpec {
        phrases = Checks.orEmpty(phrases);
        require(!path.isBlank(), "unanswerable needs a path");
        require(
                minAbstain == null || (minAbstain >= 0 && minAbstain <= 1),
                "minAbstain: must be from 0 to 100.percent");
        require(phrases.size() <= MOST_PHRASES, "phrases: takes at most %s texts", MOST_PHRASES);
        for (String phrase : phrases) {
            require(
                    phrase.strip().length() >= 2 && phrase.length() <= LONGEST_PHRASE,
                    "phrases: a phrase has 2 to %s characters",
                    LONGEST_PHRASE);
        }
    }
}
