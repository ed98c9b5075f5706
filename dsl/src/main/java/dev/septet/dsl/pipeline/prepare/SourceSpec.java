package dev.septet.dsl.pipeline.prepare;

import static dev.septet.dsl.pipeline.Checks.require;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.septet.dsl.pipeline.ExtensionSpec;
import dev.septet.dsl.pipeline.PipelineSpec;
import java.util.Objects;
import java.util.stream.Stream;
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
 * @param s3 files of a bucket; null when the rows come from elsewhere
 * @param jdbc a query to a database; null when the rows come from elsewhere
 * @param reviewed name of a pipeline whose reviewed rows are read; null when the rows come from elsewhere
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
        @Nullable DocumentsSpec documents,
        @Nullable BucketFilesSpec s3,
        @Nullable QuerySpec jdbc,
        @Nullable String reviewed) {
    /** The largest {@code weight:}. */
    public static final int MAX_WEIGHT = 100;

    /** Characters of the longest {@code licence:}. */
    public static final int MAX_LICENCE = 200;

    public SourceSpec {
        long origins = Stream.of(path, pipeline, huggingFace, s3, jdbc, reviewed)
                .filter(Objects::nonNull)
                .count();
        require(origins == 1, "dataset needs one origin of its rows, such as a path");
        require(path == null || !path.isBlank(), "dataset needs a path");
        require(
                documents == null || (path != null && format == DatasetFormat.TEXT && extension == null),
                "documents are files of plain text");
        require(
                pipeline == null || pipeline.matches(PipelineSpec.NAME_PATTERN),
                "a pipeline's name has letters, digits and '-', at most 64 of them, got '%s'",
                pipeline);
        require(
                reviewed == null || reviewed.matches(PipelineSpec.NAME_PATTERN),
                "a pipeline's name has letters, digits and '-', at most 64 of them, got '%s'",
                reviewed);
        require(
                extension == null || (s3 == null && jdbc == null && reviewed == null),
                "a format of a jar reads files of this machine only; write a format of Septet");
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
        this(path, pipeline, format, extension, share, weight, limit, split, licence, null, null, null, null, null);
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
        return (path != null || pipeline != null) && equals(new SourceSpec(path, pipeline, format, extension));
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
        if (s3 != null) {
            return s3.name();
        }
        if (jdbc != null) {
            return jdbc.name();
        }
        if (reviewed != null) {
            return "the reviewed rows of pipeline " + reviewed;
        }
        return path != null ? path : "the rows of pipeline " + pipeline;
    }

    /**
     * Whether the rows are files whose content is known before a run: of this machine, or of the Hub at one commit.
     * Other rows are only read by a run, which keeps them.
     */
    public boolean fixed() {
        return path != null || huggingFace != null;
    }

    /** Whether the rows count for the shares of the training rows. */
    boolean trains() {
        return split == null || split == Part.TRAIN;
    }
}
