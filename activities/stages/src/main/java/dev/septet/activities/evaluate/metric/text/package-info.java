/** Metrics that compare the texts of two answers. */
@NullMarked
package dev.septet.activities.evaluate.metric.text;

import org.jspecify.annotations.NullMarked;
