package dev.septet.dsl.vocabulary;

import org.jspecify.annotations.Nullable;

/**
 * Where rows come from: one of a file and a pipeline.
 *
 * @param path null when they come from a pipeline
 * @param pipeline null when they come from a file
 */
public record Source(@Nullable String path, @Nullable String pipeline) {}
