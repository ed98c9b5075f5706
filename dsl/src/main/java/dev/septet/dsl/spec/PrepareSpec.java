package dev.septet.dsl.spec;

import static dev.septet.dsl.spec.Checks.require;

import com.fasterxml.jackson.annotation.JsonInclude;

import org.jspecify.annotations.Nullable;

import java.time.Duration;

/**
 * What the file says about dataset preparation.
 *
 * @param dataset path of a .jsonl, .json or .csv file
 * @param maxBadRows how many rows may go to quarantine before the stage fails
 * @param deduplicate drop rows equal to an earlier one
 * @param redact null when personal data is left as it is
 * @param maxTokens rows longer than this after tokenization are bad rows
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record PrepareSpec(
        String dataset,
        DatasetFormat format,
        int maxBadRows,
        boolean deduplicate,
        @Nullable RedactSpec redact,
        SplitSpec split,
        int maxTokens,
        StagePolicy policy)
        implements StageSpec {
    public static final int DEFAULT_MAX_BAD_ROWS = 0;
    public static final int DEFAULT_MAX_TOKENS = 512;
    public static final StagePolicy DEFAULT_POLICY = StagePolicy.within(Duration.ofHours(6));

    public PrepareSpec {
        require(!dataset.isBlank(), "dataset needs a path");
        require(maxBadRows >= 0, "maxBadRows must be at least 0, got %s", maxBadRows);
        require(maxTokens >= 8, "maxTokens must be at least 8, got %s", maxTokens);
    }
}
