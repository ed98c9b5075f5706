package dev.septet.dsl.expression;

import org.jspecify.annotations.Nullable;

/** A piece of an expression, ready to run. */
@FunctionalInterface
interface Code {
    /** Its value for a row; the meter ends what takes too long. */
    @Nullable
    Object value(RowFields row, Meter meter);
}
