/** Stage 7: watching the deployed model. */
@NullMarked
package dev.septet.workflows.monitor;

import org.jspecify.annotations.NullMarked;
