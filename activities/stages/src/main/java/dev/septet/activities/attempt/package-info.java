/**
 * Common parts of the stages' activities: attempts, heartbeats, failures, keys and finished
 * results. Besides the {@code *ActivitiesImpl} classes it is the only package that uses Temporal.
 */
@NullMarked
package dev.septet.activities.attempt;

import org.jspecify.annotations.NullMarked;
