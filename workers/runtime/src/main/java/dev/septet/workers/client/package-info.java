/** How Septet's own processes talk to the Temporal server. */
@NullMarked
package dev.septet.workers.client;

import org.jspecify.annotations.NullMarked;
