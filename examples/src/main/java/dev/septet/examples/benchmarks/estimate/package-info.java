/** What {@code ./septet plan} says of memory and time, beside what training takes. */
@NullMarked
package dev.septet.examples.benchmarks.estimate;

import org.jspecify.annotations.NullMarked;
