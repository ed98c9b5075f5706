/** The command line: the only place that writes to standard streams. */
@NullMarked
package dev.septet.workers.cli;

import org.jspecify.annotations.NullMarked;
