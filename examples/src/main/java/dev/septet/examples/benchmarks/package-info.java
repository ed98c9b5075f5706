/** How fast models answer, beside other programs in the same minutes. */
@NullMarked
package dev.septet.examples.benchmarks;

import org.jspecify.annotations.NullMarked;
