/** The gate: from two models' outcomes on the same rows to a verdict with its reason. */
@NullMarked
package dev.septet.activities.evaluate.gate;

import org.jspecify.annotations.NullMarked;
