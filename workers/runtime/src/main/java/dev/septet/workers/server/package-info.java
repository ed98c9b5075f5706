/** Finds a Temporal server, or what to start one with. */
@NullMarked
package dev.septet.workers.server;

import org.jspecify.annotations.NullMarked;
