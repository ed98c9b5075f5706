package dev.septet.dsl.vocabulary.value;

import dev.septet.dsl.pipeline.prepare.DocumentsSpec;
import dev.septet.dsl.pipeline.prepare.HubDatasetSpec;
import org.jspecify.annotations.Nullable;

/**
 * Where rows come from: files of rows, documents, another pipeline, or a dataset of the Hub.
 *
 * @param path null when the rows come from elsewhere
 * @param pipeline null when the rows come from elsewhere
 * @param huggingFace null when the rows come from elsewhere
 * @param documents how the files at {@code path} become rows; null for files of rows
 */
public record Source(
        @Nullable String path,
        @Nullable String pipeline,
        @Nullable HubDatasetSpec huggingFace,
        @Nullable DocumentsSpec documents) {}
