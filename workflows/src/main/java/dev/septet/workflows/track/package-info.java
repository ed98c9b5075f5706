/** Sends a run to experiment trackers. */
@NullMarked
package dev.septet.workflows.track;

import org.jspecify.annotations.NullMarked;
