package dev.septet.dsl.pipeline.prepare;

import static dev.septet.dsl.pipeline.Checks.require;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

/**
 * How documents become rows of plain text.
 *
 * @param chunk the largest number of tokens in a row; null for the pipeline's {@code maxTokens}
 * @param overlap the largest number of tokens that a row repeats of the row before it; null for none
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record DocumentsSpec(
        @Nullable Integer chunk, @Nullable Integer overlap) {
    /** The smallest {@code chunk:}. */
    public static final int MIN_CHUNK = 8;

    public DocumentsSpec {
        require(chunk == null || chunk >= MIN_CHUNK, "chunk: must be at least %s, got %s", MIN_CHUNK, chunk);
        require(overlap == null || overlap >= 0, "overlap: must be at least 0, got %s", overlap);
        require(
                chunk == null || overlap == null || overlap <= chunk / 2,
                "overlap: must be at most half of chunk: (%s), got %s",
                chunk == null ? 0 : chunk / 2,
                overlap);
        overlap = overlap != null && overlap == 0 ? null : overlap;
    }

    /** The largest number of tokens in a row. */
    public int tokens(int maxTokens) {
        return chunk == null ? maxTokens : chunk;
    }

    /** The largest number of tokens that a row repeats. */
    public int repeated() {
        return overlap == null ? 0 : overlap;
    }

    /** Refuses sizes that do not fit the pipeline's largest row. */
    void check(int maxTokens) {
        require(
                tokens(maxTokens) <= maxTokens,
                "chunk: must be at most maxTokens, which is %s, got %s",
                maxTokens,
                tokens(maxTokens));
        require(
                repeated() <= tokens(maxTokens) / 2,
                "overlap: must be at most half of maxTokens (%s), got %s",
                tokens(maxTokens) / 2,
                repeated());
    }
}
