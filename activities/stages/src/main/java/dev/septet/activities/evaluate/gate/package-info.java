/** From two models' outcomes on the same rows to a verdict that says why. */
@NullMarked
package dev.septet.activities.evaluate.gate;

import org.jspecify.annotations.NullMarked;
