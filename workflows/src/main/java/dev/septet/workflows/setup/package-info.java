/** Stage 3: the training environment and the hyper-parameter search. */
@NullMarked
package dev.septet.workflows.setup;

import org.jspecify.annotations.NullMarked;
