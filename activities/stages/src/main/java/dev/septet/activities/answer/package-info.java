/** Reads values in answers, with bounds: strict JSON, JSON schemas and regular expressions. */
@NullMarked
package dev.septet.activities.answer;

import org.jspecify.annotations.NullMarked;
