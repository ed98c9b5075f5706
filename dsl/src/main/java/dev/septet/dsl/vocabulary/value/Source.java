package dev.septet.dsl.vocabulary.value;

import dev.septet.dsl.pipeline.prepare.BucketFilesSpec;
import dev.septet.dsl.pipeline.prepare.DocumentsSpec;
import dev.septet.dsl.pipeline.prepare.HubDatasetSpec;
import dev.septet.dsl.pipeline.prepare.QuerySpec;
import org.jspecify.annotations.Nullable;

/**
 * Where rows come from: files of rows, documents, another pipeline, a dataset of the Hub, a bucket, a database, or
 * reviewed feedback. All but one of the origins are null.
 *
 * @param path files of this machine
 * @param pipeline name of a pipeline
 * @param huggingFace a dataset of the Hub
 * @param documents how the files at {@code path} become rows; null for files of rows
 * @param s3 files of a bucket
 * @param jdbc a query to a database
 * @param reviewed name of a pipeline whose feedback was reviewed
 */
public record Source(
        @Nullable String path,
        @Nullable String pipeline,
        @Nullable HubDatasetSpec huggingFace,
        @Nullable DocumentsSpec documents,
        @Nullable BucketFilesSpec s3,
        @Nullable QuerySpec jdbc,
        @Nullable String reviewed) {
    /** Files of rows. */
    public static Source file(String path) {
        return new Source(path, null, null, null, null, null, null);
    }

    /** Files that become rows of plain text. */
    public static Source documents(String path, DocumentsSpec documents) {
        return new Source(path, null, null, documents, null, null, null);
    }

    /** The rows that a pipeline prepared. */
    public static Source pipeline(String name) {
        return new Source(null, name, null, null, null, null, null);
    }

    /** A dataset of the Hub. */
    public static Source huggingFace(HubDatasetSpec dataset) {
        return new Source(null, null, dataset, null, null, null, null);
    }

    /** Files of a bucket. */
    public static Source s3(BucketFilesSpec files) {
        return new Source(null, null, null, null, files, null, null);
    }

    /** The rows of a query. */
    public static Source jdbc(QuerySpec query) {
        return new Source(null, null, null, null, null, query, null);
    }

    /** The reviewed rows of a pipeline's feedback. */
    public static Source reviewed(String pipeline) {
        return new Source(null, null, null, null, null, null, pipeline);
    }
}
