/** The Temporal client of Septet's own processes. */
@NullMarked
package dev.septet.workers.client;

import org.jspecify.annotations.NullMarked;
