/** Stage 1: dataset preparation. */
@NullMarked
package dev.septet.workflows.prepare;

import org.jspecify.annotations.NullMarked;
