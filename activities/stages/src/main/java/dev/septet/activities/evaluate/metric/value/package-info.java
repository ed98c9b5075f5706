/** Metrics that read a value in an answer: a number, JSON, calls of tools. */
@NullMarked
package dev.septet.activities.evaluate.metric.value;

import org.jspecify.annotations.NullMarked;
