/** A server and its workers on this machine, as supervised processes. */
@NullMarked
package dev.septet.workers.local;

import org.jspecify.annotations.NullMarked;
