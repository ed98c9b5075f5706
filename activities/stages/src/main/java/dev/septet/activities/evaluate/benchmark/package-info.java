/** Benchmarks in the task files of lm-evaluation-harness: reading, prompts, filters and metrics. */
@NullMarked
package dev.septet.activities.evaluate.benchmark;

import org.jspecify.annotations.NullMarked;
