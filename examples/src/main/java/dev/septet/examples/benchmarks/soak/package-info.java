/** Trains the same again and again in fresh processes, in search of a bit that differs. */
@NullMarked
package dev.septet.examples.benchmarks.soak;

import org.jspecify.annotations.NullMarked;
