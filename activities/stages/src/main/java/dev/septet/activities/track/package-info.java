/** Sends runs to experiment trackers. */
@NullMarked
package dev.septet.activities.track;

import org.jspecify.annotations.NullMarked;
