/**
 * Nine detectors, which compare two samples. Each has a score and the p-value of that score without
 * drift.
 */
@NullMarked
package dev.septet.activities.monitor.detector;

import org.jspecify.annotations.NullMarked;
