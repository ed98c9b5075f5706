/** The cost of the steps that clean a dataset. */
@NullMarked
package dev.septet.examples.benchmarks.cleaning;

import org.jspecify.annotations.NullMarked;
