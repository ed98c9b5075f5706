/**
 * Pipelines' schedules on the server: the declared ones, the existing ones, and the changes between
 * them.
 */
@NullMarked
package dev.septet.workers.schedule;

import org.jspecify.annotations.NullMarked;
