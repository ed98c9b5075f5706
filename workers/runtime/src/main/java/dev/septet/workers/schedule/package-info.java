/**
 * Pipelines' schedules on the server: what should be there, what is, and the way from one to the
 * other.
 */
@NullMarked
package dev.septet.workers.schedule;

import org.jspecify.annotations.NullMarked;
