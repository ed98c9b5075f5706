/** Retention: what the store must keep, and the removal of everything else that is old. */
@NullMarked
package dev.septet.activities.retention;

import org.jspecify.annotations.NullMarked;
