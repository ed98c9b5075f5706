/** Which requests a server takes on, and in which order: shares of memory, of places, of turns. */
@NullMarked
package dev.septet.workers.serve.admission;

import org.jspecify.annotations.NullMarked;
