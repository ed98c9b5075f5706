/** A new model on trial: live checks of a share of the requests, part of stage 6. */
@NullMarked
package dev.septet.workflows.canary;

import org.jspecify.annotations.NullMarked;
