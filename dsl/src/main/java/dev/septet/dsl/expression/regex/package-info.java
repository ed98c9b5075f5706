/**
 * Regular expressions whose cost is known beforehand: length of the pattern times length of the
 * text, whatever either says. What needs backtracking is no part of them.
 */
@NullMarked
package dev.septet.dsl.expression.regex;

import org.jspecify.annotations.NullMarked;
