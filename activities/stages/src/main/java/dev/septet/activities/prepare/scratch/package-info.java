/** Tables and lists of numbers that move from the heap to scratch files when they are large. */
@NullMarked
package dev.septet.activities.prepare.scratch;

import org.jspecify.annotations.NullMarked;
