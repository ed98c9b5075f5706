/** The command {@code septet workers}: versions of workers, for rolling upgrades. */
@NullMarked
package dev.septet.workers.cli.workers;

import org.jspecify.annotations.NullMarked;
