/**
 * Expressions over a row: {@code filter}, {@code map} and {@code score}. They are checked when the pipeline file is
 * compiled, stored in the spec as text, and parsed again where rows are processed. They read only a row and constants,
 * and the work for each row is limited.
 */
@NullMarked
package dev.septet.dsl.expression;

import org.jspecify.annotations.NullMarked;
