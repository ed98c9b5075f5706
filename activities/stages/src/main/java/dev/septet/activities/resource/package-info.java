/** The host's memory, and whether work fits in it. */
@NullMarked
package dev.septet.activities.resource;

import org.jspecify.annotations.NullMarked;
