/** A run that goes on where another ended, with a changed file. */
@NullMarked
package dev.septet.workflows.resume;

import org.jspecify.annotations.NullMarked;
