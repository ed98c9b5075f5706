/** Metrics: from the outcomes of rows to a score. */
@NullMarked
package dev.septet.activities.evaluate.metric;

import org.jspecify.annotations.NullMarked;
