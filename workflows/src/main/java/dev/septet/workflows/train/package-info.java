/** Stage 4: fine-tuning. */
@NullMarked
package dev.septet.workflows.train;

import org.jspecify.annotations.NullMarked;
