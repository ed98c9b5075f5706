/** Metrics of several sampled answers for each row, and of hidden states. */
@NullMarked
package dev.septet.activities.evaluate.metric.sampled;

import org.jspecify.annotations.NullMarked;
