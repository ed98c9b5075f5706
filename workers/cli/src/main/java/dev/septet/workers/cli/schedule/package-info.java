/** The command that applies schedules. */
@NullMarked
package dev.septet.workers.cli.schedule;

import org.jspecify.annotations.NullMarked;
