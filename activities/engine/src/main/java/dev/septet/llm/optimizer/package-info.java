/** Optimizers with state that can be saved, and learning-rate schedules. */
@NullMarked
package dev.septet.llm.optimizer;

import org.jspecify.annotations.NullMarked;
