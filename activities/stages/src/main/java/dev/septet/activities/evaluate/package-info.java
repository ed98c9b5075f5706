/** The evaluate stage: base and tuned model on the same held-out rows, the gate, the report. */
@NullMarked
package dev.septet.activities.evaluate;

import org.jspecify.annotations.NullMarked;
