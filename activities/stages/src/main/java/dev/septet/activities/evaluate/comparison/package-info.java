/** Comparison of the evaluations of several runs: values, differences with their intervals, and what cannot be compared. */
@NullMarked
package dev.septet.activities.evaluate.comparison;

import org.jspecify.annotations.NullMarked;
