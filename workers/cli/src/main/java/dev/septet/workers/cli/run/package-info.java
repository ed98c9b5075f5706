/** Commands that start or resume a run and follow it to its end. */
@NullMarked
package dev.septet.workers.cli.run;

import org.jspecify.annotations.NullMarked;
