/** The command that compares the evaluations of runs. */
@NullMarked
package dev.septet.workers.cli.compare;

import org.jspecify.annotations.NullMarked;
