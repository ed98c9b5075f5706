/** Finds a Temporal server, or the executable and command that start one. */
@NullMarked
package dev.septet.workers.server;

import org.jspecify.annotations.NullMarked;
