/** Nine ways to compare two samples, each with a score and the chance of it without drift. */
@NullMarked
package dev.septet.activities.monitor.detector;

import org.jspecify.annotations.NullMarked;
