/** Servers of trackers that the operator declares, and requests to them. */
@NullMarked
package dev.septet.activities.track.server;

import org.jspecify.annotations.NullMarked;
