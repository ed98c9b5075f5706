/** Benchmarks of text generation, side by side with other programs. */
@NullMarked
package dev.septet.examples.benchmarks;

import org.jspecify.annotations.NullMarked;
