package dev.septet.dsl.pipeline.prepare;

import static dev.septet.dsl.pipeline.Checks.require;

import dev.septet.dsl.pipeline.Checks;
import dev.septet.dsl.pipeline.ExtensionSpec;
import dev.septet.dsl.pipeline.PipelineSpec;
import dev.septet.dsl.pipeline.StagePolicy;
import dev.septet.dsl.pipeline.StageSpec;
import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the file says about dataset preparation.
 *
 * @param dataset path of a .jsonl, .json or .csv file; null when {@code pipeline} says it
 * @param pipeline name of a pipeline whose prepared rows are the data; null when {@code dataset}
 *     says it
 * @param transforms filters and maps, in their order
 * @param maxBadRows how many rows may go to quarantine before the stage fails
 * @param deduplicate drop rows equal to an earlier one
 * @param redact null when personal data is left as it is
 * @param maxTokens longest row, in tokens of the base model
 * @param longer what becomes of a longer row; null stands for {@link LongRows#FAIL}, as in requests
 *     of earlier versions
 * @param extension the jar's word that reads the file, whose records have the fields of {@code
 *     format}; null for a file that Septet itself reads
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record PrepareSpec(
        @Nullable String dataset,
        @Nullable String pipeline,
        DatasetFormat format,
        int maxBadRows,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) List<TransformSpec> transforms,
        boolean deduplicate,
        @Nullable RedactSpec redact,
        SplitSpec split,
        int maxTokens,
        @Nullable LongRows longer,
        @Nullable ExtensionSpec extension,
        StagePolicy policy)
        implements StageSpec {
    public static final int DEFAULT_MAX_BAD_ROWS = 0;
    public static final int DEFAULT_MAX_TOKENS = 512;
    public static final StagePolicy DEFAULT_POLICY = StagePolicy.within(Duration.ofHours(6));

    public PrepareSpec {
        transforms = Checks.orEmpty(transforms);
        require((dataset == null) != (pipeline == null), "dataset needs a path, or one pipeline's name");
        require(dataset == null || !dataset.isBlank(), "dataset needs a path");
        require(
                pipeline == null || pipeline.matches(PipelineSpec.NAME_PATTERN),
                "a pipeline's name has letters, digits and '-', at most 64 of them, got '%s'",
                pipeline);
        require(maxBadRows >= 0, "maxBadRows must be at least 0, got %s", maxBadRows);
        require(maxTokens >= 8, "maxTokens must be at least 8, got %s", maxTokens);
        longer = longer == LongRows.FAIL ? null : longer;
    }

    /** One of a file that Septet itself reads. */
    public PrepareSpec(
            @Nullable String dataset,
            @Nullable String pipeline,
            DatasetFormat format,
            int maxBadRows,
            List<TransformSpec> transforms,
            boolean deduplicate,
            @Nullable RedactSpec redact,
            SplitSpec split,
            int maxTokens,
            @Nullable LongRows longer,
            StagePolicy policy) {
        this(
                dataset,
                pipeline,
                format,
                maxBadRows,
                transforms,
                deduplicate,
                redact,
                split,
                maxTokens,
                longer,
                null,
                policy);
    }

    /** One whose rows must all fit. */
    public PrepareSpec(
            @Nullable String dataset,
            @Nullable String pipeline,
            DatasetFormat format,
            int maxBadRows,
            List<TransformSpec> transforms,
            boolean deduplicate,
            @Nullable RedactSpec redact,
            SplitSpec split,
            int maxTokens,
            StagePolicy policy) {
        this(dataset, pipeline, format, maxBadRows, transforms, deduplicate, redact, split, maxTokens, null, policy);
    }

    /** What becomes of a row that is longer than {@link #maxTokens}. */
    public LongRows longRows() {
        return longer == null ? LongRows.FAIL : longer;
    }

    /** What becomes of a row of more than {@code maxTokens} tokens. */
    public enum LongRows {
        /** It is unusable: the stage fails where {@code maxBadRows} does not allow it. */
        FAIL,
        /** It is left out and counted; {@code maxBadRows} does not count it. */
        DROP,
        /** Its first tokens are kept and the rest is cut off, as TRL does; it is counted. */
        TRUNCATE
    }

    /** Where the rows come from, in a reader's words. */
    public String source() {
        return dataset != null ? dataset : "the rows of pipeline " + pipeline;
    }
}
