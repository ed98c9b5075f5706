/** Placeholder of the room. */
@NullMarked
package dev.septet.workflows;

import org.jspecify.annotations.NullMarked;
