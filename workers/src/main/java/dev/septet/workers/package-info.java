/** Placeholder of the room. */
@NullMarked
package dev.septet.workers;

import org.jspecify.annotations.NullMarked;
