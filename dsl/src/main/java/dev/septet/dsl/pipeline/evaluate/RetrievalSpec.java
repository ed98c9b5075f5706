package dev.septet.dsl.pipeline.evaluate;

import static dev.septet.dsl.pipeline.Checks.require;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

/**
 * Compares the tuned model with the base model that has the nearest training rows in its prompt.
 *
 * @param rows the number of training rows in a prompt
 * @param by how the nearest rows are found
 * @param layer the decoder layer whose outputs are the vectors, from 1; null for the middle one
 * @param compare how much worse than this rival the tuned model may be, or how much better it must be
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record RetrievalSpec(int rows, By by, @Nullable Integer layer, CompareSpec compare) {
    public static final int DEFAULT_ROWS = 5;

    /** More rows than this do not fit into the context of a model that Septet trains. */
    public static final int MOST_ROWS = 50;

    /** A bare {@code retrieval}. */
    public static final RetrievalSpec DEFAULT =
            new RetrievalSpec(DEFAULT_ROWS, By.WORDS, null, new CompareSpec(CompareSpec.DEFAULT_TOLERANCE));

    public RetrievalSpec {
        require(rows >= 1 && rows <= MOST_ROWS, "retrieval rows: must be from 1 to %s, got %s", MOST_ROWS, rows);
        require(layer == null || by == By.VECTORS, "retrieval layer: is for by: vectors, remove it");
        require(layer == null || layer >= 1, "retrieval layer: must be at least 1, got %s", layer);
    }

    /** How near a training row is to a question. */
    public enum By {
        /** By common words, with BM25. */
        WORDS,
        /** By the cosine of the base model's mean hidden states. */
        VECTORS
    }

    /** The same with another bound. */
    public RetrievalSpec with(CompareSpec bound) {
        return new RetrievalSpec(rows, by, layer, bound);
    }
}
