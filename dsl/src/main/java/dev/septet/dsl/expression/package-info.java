/**
 * Expressions over a row: {@code filter}, {@code map} and {@code score}. They are checked when the
 * pipeline file is, travel in the spec as text, and are read again where rows are; they know a row
 * and constants, no other thing, and each row's work is counted.
 */
@NullMarked
package dev.septet.dsl.expression;

import org.jspecify.annotations.NullMarked;
