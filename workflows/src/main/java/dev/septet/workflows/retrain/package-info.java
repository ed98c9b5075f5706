/** What starts a pipeline anew, when it may, and what the new run learns from. */
@NullMarked
package dev.septet.workflows.retrain;

import org.jspecify.annotations.NullMarked;
