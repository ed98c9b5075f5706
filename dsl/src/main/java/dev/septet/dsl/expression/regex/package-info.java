/**
 * Regular expressions with bounded cost: pattern length times text length, for every pattern and text. Features that
 * need backtracking are not supported. ADR 38 lists what {@code com.google.re2j} lacks for this language.
 */
@NullMarked
package dev.septet.dsl.expression.regex;

import org.jspecify.annotations.NullMarked;
