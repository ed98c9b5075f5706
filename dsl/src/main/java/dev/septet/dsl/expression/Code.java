package dev.septet.dsl.expression;

import org.jspecify.annotations.Nullable;

/** A compiled part of an expression. */
@FunctionalInterface
interface Code {
    /** Computes the value for a row. The meter throws when the work exceeds its limit. */
    @Nullable
    Object value(RowFields row, Meter meter);
}
