/** Whole runs, on the official Temporal server, as users start them. */
@NullMarked
package dev.septet.examples.e2e;

import org.jspecify.annotations.NullMarked;
