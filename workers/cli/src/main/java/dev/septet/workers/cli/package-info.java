/** The command line. Only this package writes to the standard streams. */
@NullMarked
package dev.septet.workers.cli;

import org.jspecify.annotations.NullMarked;
