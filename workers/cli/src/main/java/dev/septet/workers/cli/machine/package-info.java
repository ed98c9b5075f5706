/** Commands that start, inspect and configure the processes of a machine. */
@NullMarked
package dev.septet.workers.cli.machine;

import org.jspecify.annotations.NullMarked;
