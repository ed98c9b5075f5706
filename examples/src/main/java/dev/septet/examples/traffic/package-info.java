/** Simulated customers of a served model, with or without a shift in their requests. */
@NullMarked
package dev.septet.examples.traffic;

import org.jspecify.annotations.NullMarked;
