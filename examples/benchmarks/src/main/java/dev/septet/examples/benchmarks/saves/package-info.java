/** Measures the cost of checkpoints. */
@NullMarked
package dev.septet.examples.benchmarks.saves;

import org.jspecify.annotations.NullMarked;
