/** Resuming: which results of an earlier run a new run with a changed file can reuse. */
@NullMarked
package dev.septet.activities.resume;

import org.jspecify.annotations.NullMarked;
