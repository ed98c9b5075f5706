/** A run as trackers get it. */
@NullMarked
package dev.septet.activities.track.run;

import org.jspecify.annotations.NullMarked;
