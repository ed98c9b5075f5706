package dev.septet.dsl.vocabulary.value;

import dev.septet.dsl.pipeline.search.DimensionSpec;
import org.jspecify.annotations.Nullable;

/**
 * A value that a search tries, or a range that it draws from.
 *
 * @param to null = the single value {@code from}
 * @param scale null = the usual one of the setting
 */
public record SearchValue(double from, @Nullable Double to, DimensionSpec.@Nullable Scale scale) {}
