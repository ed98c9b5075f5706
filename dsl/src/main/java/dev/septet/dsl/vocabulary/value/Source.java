package dev.septet.dsl.vocabulary.value;

import dev.septet.dsl.pipeline.prepare.HubDatasetSpec;
import org.jspecify.annotations.Nullable;

/**
 * Where rows come from: files, another pipeline, or a dataset of the Hub.
 *
 * @param path null when the rows come from elsewhere
 * @param pipeline null when the rows come from elsewhere
 * @param huggingFace null when the rows come from elsewhere
 */
public record Source(
        @Nullable String path,
        @Nullable String pipeline,
        @Nullable HubDatasetSpec huggingFace) {}
