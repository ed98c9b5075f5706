/** Placeholder of the room. */
@NullMarked
package dev.septet.activities;

import org.jspecify.annotations.NullMarked;
