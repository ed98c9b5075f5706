/** Notifications about the events of a run. */
@NullMarked
package dev.septet.workflows.notify;

import org.jspecify.annotations.NullMarked;
