package dev.septet.workflows;

import org.jspecify.annotations.Nullable;

/**
 * How far a stage is, as its activity tells the run now and then for the run's page.
 *
 * @param stage the stage's word in the language
 */
public record StageProgress(@Nullable String stage, @Nullable Progress progress) {}
