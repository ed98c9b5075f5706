/** Retraining: what starts a pipeline again, when it may start, and what the new run learns from. */
@NullMarked
package dev.septet.workflows.retrain;

import org.jspecify.annotations.NullMarked;
