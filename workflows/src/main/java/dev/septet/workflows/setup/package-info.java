/** Stage 3: the training environment and the search for hyper-parameters. */
@NullMarked
package dev.septet.workflows.setup;

import org.jspecify.annotations.NullMarked;
