package dev.septet.dsl.pipeline.evaluate;

import static dev.septet.dsl.pipeline.Checks.require;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.septet.dsl.pipeline.prepare.CleaningSpec;
import org.jspecify.annotations.Nullable;

/**
 * Searches the rows of the exam in the training rows, and measures whether the models know them.
 *
 * @param maxOverlap largest accepted share of a set's rows that share a word sequence with a training row: 0.01 = one
 *     percent; null = no bound
 * @param maxMembership largest accepted membership signal of the tuned model, above 0.5 (none) and at most 1; null = no
 *     bound
 * @param ngram number of words of a sequence; null for the default
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ContaminationSpec(
        @Nullable Double maxOverlap,
        @Nullable Double maxMembership,
        @Nullable Integer ngram) {
    /** Shorter sequences are usual phrases. */
    private static final int LEAST_WORDS = 5;

    private static final int MOST_WORDS = 100;

    public ContaminationSpec {
        require(
                maxOverlap == null || (maxOverlap >= 0 && maxOverlap <= 1),
                "maxOverlap: must be from 0 to 100.percent");
        require(
                maxMembership == null || (maxMembership > 0.5 && maxMembership <= 1),
                "maxMembership: must be above 0.5, which is no signal, and at most 1");
        require(
                ngram == null || (ngram >= LEAST_WORDS && ngram <= MOST_WORDS),
                "ngram: must be from %s to %s words, got %s",
                LEAST_WORDS,
                MOST_WORDS,
                ngram);
    }

    /** Number of words of a sequence. */
    public int words() {
        return ngram == null ? CleaningSpec.Decontamination.DEFAULT_NGRAM : ngram;
    }
}
