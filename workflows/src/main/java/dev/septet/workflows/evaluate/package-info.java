/** Stage 5: evaluation and the gate. */
@NullMarked
package dev.septet.workflows.evaluate;

import org.jspecify.annotations.NullMarked;
