/** Repeats the same trainings in new processes, to find bits that differ. */
@NullMarked
package dev.septet.examples.benchmarks.soak;

import org.jspecify.annotations.NullMarked;
