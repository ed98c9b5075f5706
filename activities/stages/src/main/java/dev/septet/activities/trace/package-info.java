/**
 * Spans of Septet's own work, by OpenTelemetry's interfaces. They go to the tracer that the process has registered. Without
 * one, nothing is recorded.
 */
@NullMarked
package dev.septet.activities.trace;

import org.jspecify.annotations.NullMarked;
