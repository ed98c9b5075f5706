/** Small HTTP servers for programs and people of this machine. */
@NullMarked
package dev.septet.workers.loopback;

import org.jspecify.annotations.NullMarked;
