package dev.septet.dsl.expression;

import org.jspecify.annotations.Nullable;

/**
 * A row, or an object in a row, as expressions see it. Values are {@link String}, {@link Double}, {@link Boolean},
 * {@link java.util.List} of values, and {@code RowFields}.
 */
public interface RowFields {
    /** The field's value; null when it is missing or null. */
    @Nullable
    Object get(String name);
}
