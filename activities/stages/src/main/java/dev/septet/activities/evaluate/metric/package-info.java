/** Metrics: from one row's outcome to a score over many, the same way for each. */
@NullMarked
package dev.septet.activities.evaluate.metric;

import org.jspecify.annotations.NullMarked;
