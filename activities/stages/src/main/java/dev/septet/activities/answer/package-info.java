/**
 * Answers that models give: requests to other models within a budget and a pace, stored answers, and reading values in an
 * answer, with bounds: strict JSON, JSON schemas and regular expressions.
 */
@NullMarked
package dev.septet.activities.answer;

import org.jspecify.annotations.NullMarked;
