package dev.septet.dsl.pipeline.prepare;

import static dev.septet.dsl.pipeline.Checks.require;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.septet.dsl.pipeline.ExtensionSpec;
import dev.septet.dsl.pipeline.PipelineSpec;
import org.jspecify.annotations.Nullable;

/**
 * One of several sources of a pipeline's rows.
 *
 * @param path a file; null when the rows come from elsewhere
 * @param pipeline name of a pipeline whose prepared rows are read; null when the rows come from elsewhere
 * @param format the format of the rows
 * @param extension the jar's word that reads the file; null for a file that Septet itself reads
 * @param share the source's part of the training rows in percent, above 0; null when no source declares one
 * @param weight how often each row is in the training split, above 0 and at most 100; null for once
 * @param limit the largest number of rows that are used, at least 1; null for all
 * @param split the split of all rows; null when the content of each row decides
 * @param licence the licence of the rows: an SPDX identifier or a text; null when none is declared
 * @param huggingFace a dataset of the Hub; null when the rows come from elsewhere
 * @param documents how the files become rows, if {@code path} names documents; null for files of rows
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record SourceSpec(
        @Nullable String path,
        @Nullable String pipeline,
        DatasetFormat format,
        @Nullable ExtensionSpec extension,
        @Nullable Double share,
        @Nullable Double weight,
        @Nullable Long limit,
        @Nullable Part split,
        @Nullable String licence,
        @Nullable HubDatasetSpec huggingFace,
        @Nullable DocumentsSpec documents) {
    /** The largest {@code weight:}. */
    public static final int MAX_WEIGHT = 100;

    /** Characters of the longest {@code licence:}. */
    public static final int MAX_LICENCE = 200;

    public SourceSpec {
        int origins = (path == null ? 0 : 1) + (pipeline == null ? 0 : 1) + (huggingFace == null ? 0 : 1);
        require(origins == 1, "dataset needs a path, one pipeline's name, or a dataset of the Hub");
        require(path == null || !path.isBlank(), "dataset needs a path");
        require(
                documents == null || (path != null && format == DatasetFormat.TEXT && extension == null),
                "documents are files of plain text");
        require(
                pipeline == null || pipeline.matches(PipelineSpec.NAME_PATTERN),
                "a pipeline's name has letters, digits and '-', at most 64 of them, got '%s'",
                pipeline);
        require(share == null || (share > 0 && share <= 100), "share: must be above 0.percent and at most 100.percent");
        require(
                weight == null || (weight > 0 && weight <= MAX_WEIGHT),
                "weight: must be above 0 and at most %s, got %s",
                MAX_WEIGHT,
                weight);
        require(limit == null || limit >= 1, "limit: must be at least 1, got %s", limit);
        require(
                licence == null || (!licence.isBlank() && licence.length() <= MAX_LICENCE),
                "licence: must have 1 to %s characters",
                MAX_LICENCE);
        require(share == null || weight == null, "share: and weight: exclude each other");
        require(
                split == null || split == Part.TRAIN || (share == null && weight == null),
                "share: and weight: are about the training rows, but split: puts all rows elsewhere");
    }

    /** A source with nothing but its rows' format. */
    public SourceSpec(
            @Nullable String path, @Nullable String pipeline, DatasetFormat format, @Nullable ExtensionSpec extension) {
        this(path, pipeline, format, extension, null, null, null, null, null);
    }

    /** A source of a file or of a pipeline's rows. */
    public SourceSpec(
            @Nullable String path,
            @Nullable String pipeline,
            DatasetFormat format,
            @Nullable ExtensionSpec extension,
            @Nullable Double share,
            @Nullable Double weight,
            @Nullable Long limit,
            @Nullable Part split,
            @Nullable String licence) {
        this(path, pipeline, format, extension, share, weight, limit, split, licence, null);
    }

    /** A source of rows. */
    public SourceSpec(
            @Nullable String path,
            @Nullable String pipeline,
            DatasetFormat format,
            @Nullable ExtensionSpec extension,
            @Nullable Double share,
            @Nullable Double weight,
            @Nullable Long limit,
            @Nullable Part split,
            @Nullable String licence,
            @Nullable HubDatasetSpec huggingFace) {
        this(path, pipeline, format, extension, share, weight, limit, split, licence, huggingFace, null);
    }

    /** A split of the prepared rows. */
    public enum Part {
        /** The rows that the model learns from. */
        TRAIN,
        /** The rows for validation during training. */
        VALIDATION,
        /** The rows for the evaluation. */
        TEST
    }

    /** Whether only the rows' origin and format are declared. */
    public boolean plain() {
        return huggingFace == null && equals(new SourceSpec(path, pipeline, format, extension));
    }

    /** The source of the rows, for messages. */
    public String name() {
        if (huggingFace != null) {
            boolean plain = huggingFace.config().equals("default")
                    && huggingFace.split().equals("train");
            return plain
                    ? huggingFace.id()
                    : "%s (%s, %s)".formatted(huggingFace.id(), huggingFace.config(), huggingFace.split());
        }
        return path != null ? path : "the rows of pipeline " + pipeline;
    }

    /** Whether the rows count for the shares of the training rows. */
    boolean trains() {
        return split == null || split == Part.TRAIN;
    }
}
