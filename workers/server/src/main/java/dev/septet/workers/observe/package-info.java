/** Metrics, health and readiness of a process, and the HTTP listener that shows them. It knows neither Temporal nor models. */
@NullMarked
package dev.septet.workers.observe;

import org.jspecify.annotations.NullMarked;
