/** Metrics of answers that are labels, and of the model's confidence in its answers. */
@NullMarked
package dev.septet.activities.evaluate.metric.label;

import org.jspecify.annotations.NullMarked;
