package dev.septet.dsl.pipeline.prepare;

import static dev.septet.dsl.pipeline.Checks.require;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.septet.dsl.pipeline.Checks;
import dev.septet.dsl.pipeline.ExtensionSpec;
import dev.septet.dsl.pipeline.PipelineSpec;
import dev.septet.dsl.pipeline.StagePolicy;
import dev.septet.dsl.pipeline.StageSpec;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The dataset preparation stage of a pipeline file.
 *
 * @param dataset path of a .jsonl, .json or .csv file; null when {@code pipeline} is set
 * @param pipeline name of a pipeline whose prepared rows are the data; null when {@code dataset} is set
 * @param transforms filters and maps, in the order of the file
 * @param maxBadRows the number of rows that may be quarantined before the stage fails
 * @param deduplicate whether rows equal to an earlier one are dropped
 * @param redact null when personal data is not redacted
 * @param maxTokens the largest number of tokens in a row, by the base model's tokenizer
 * @param longer what happens to a longer row; null means {@link LongRows#FAIL}, as in requests of earlier versions
 * @param extension the jar's word that reads the file, whose records have the fields of {@code format}; null for a
 *     file that Septet itself reads
 * @param names the names that the files use instead of those of their format; null for none
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
        @Nullable RowNamesSpec names,
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
        RowNamesSpec.unknown(names, format).ifPresent(field -> {
            throw new IllegalArgumentException("rows of format %s have no field '%s'; they have %s"
                    .formatted(format.name().toLowerCase(Locale.ROOT), field, String.join(", ", format.fields())));
        });
    }

    /** A spec whose files use the names of their format. */
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
            @Nullable ExtensionSpec extension,
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
                extension,
                null,
                policy);
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

    /** A spec in which longer rows are unusable. */
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

    /** What happens to a row of more than {@link #maxTokens} tokens. */
    public LongRows longRows() {
        return longer == null ? LongRows.FAIL : longer;
    }

    /** What happens to a row of more than {@code maxTokens} tokens. */
    public enum LongRows {
        /** The row is a bad row. The stage fails if there are more than {@code maxBadRows} bad rows. */
        FAIL,
        /** The row is dropped and counted, but not counted in {@code maxBadRows}. */
        DROP,
        /** The first tokens of the row are kept and the others are cut off, as in TRL. Truncated rows are counted. */
        TRUNCATE
    }

    /** The source of the rows, for messages. */
    public String source() {
        return dataset != null ? dataset : "the rows of pipeline " + pipeline;
    }
}
