/** Commands that list runs, show their status and write their reports. */
@NullMarked
package dev.septet.workers.cli.status;

import org.jspecify.annotations.NullMarked;
