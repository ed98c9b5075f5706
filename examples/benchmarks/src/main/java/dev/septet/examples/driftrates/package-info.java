/** Measures the monitor's rate of false alarms and its rate of detected shifts. */
@NullMarked
package dev.septet.examples.driftrates;

import org.jspecify.annotations.NullMarked;
