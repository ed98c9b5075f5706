/** Canary deployment: a new model on trial with a share of the live requests. Part of stage 6. */
@NullMarked
package dev.septet.workflows.canary;

import org.jspecify.annotations.NullMarked;
