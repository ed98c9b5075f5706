/** Metrics of verdicts that other models give. */
@NullMarked
package dev.septet.activities.evaluate.metric.judged;

import org.jspecify.annotations.NullMarked;
