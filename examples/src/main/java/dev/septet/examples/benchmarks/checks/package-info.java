/** How long a monitor's checks wait while runs share one device. */
@NullMarked
package dev.septet.examples.benchmarks.checks;

import org.jspecify.annotations.NullMarked;
