/** Curves of a simulated year. */
@NullMarked
package dev.septet.examples.benchmarks.year;

import org.jspecify.annotations.NullMarked;
