/**
 * Compares the memory and time that {@code ./septet plan} estimates with those of real trainings.
 */
@NullMarked
package dev.septet.examples.benchmarks.estimate;

import org.jspecify.annotations.NullMarked;
