/** The training loop: plan, data, steps, checkpoints. */
@NullMarked
package dev.septet.llm.train;

import org.jspecify.annotations.NullMarked;
