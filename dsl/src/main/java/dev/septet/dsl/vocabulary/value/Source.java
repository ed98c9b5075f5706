package dev.septet.dsl.vocabulary.value;

import org.jspecify.annotations.Nullable;

/**
 * Where rows come from: either a file or another pipeline.
 *
 * @param path null when the rows come from a pipeline
 * @param pipeline null when the rows come from a file
 */
public record Source(@Nullable String path, @Nullable String pipeline) {}
