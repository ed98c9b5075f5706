/** Stage 2: the base model. */
@NullMarked
package dev.septet.workflows.initialize;

import org.jspecify.annotations.NullMarked;
