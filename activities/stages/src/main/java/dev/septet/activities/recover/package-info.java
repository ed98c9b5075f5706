/** What must be started again when the database of the Temporal server is lost: runs, monitors and schedules. */
@NullMarked
package dev.septet.activities.recover;

import org.jspecify.annotations.NullMarked;
