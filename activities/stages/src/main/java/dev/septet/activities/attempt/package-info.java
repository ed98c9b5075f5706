/**
 * What the stages' activities share: attempts, heartbeats, failures, keys and finished results. The
 * only package beside the {@code *ActivitiesImpl} classes that touches Temporal.
 */
@NullMarked
package dev.septet.activities.attempt;

import org.jspecify.annotations.NullMarked;
