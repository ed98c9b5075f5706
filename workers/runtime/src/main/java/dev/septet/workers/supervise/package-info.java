/**
 * Child processes that are restarted when they end unexpectedly, and end with the process that
 * started them.
 */
@NullMarked
package dev.septet.workers.supervise;

import org.jspecify.annotations.NullMarked;
