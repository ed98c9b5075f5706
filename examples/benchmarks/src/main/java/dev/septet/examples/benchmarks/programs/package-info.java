/** Compares the engine's fused training programs with its autograd programs. */
@NullMarked
package dev.septet.examples.benchmarks.programs;

import org.jspecify.annotations.NullMarked;
