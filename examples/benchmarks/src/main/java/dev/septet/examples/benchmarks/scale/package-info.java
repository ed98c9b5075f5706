/** Benchmarks of many runs and monitors on one server: overhead, latency, histories and memory. */
@NullMarked
package dev.septet.examples.benchmarks.scale;

import org.jspecify.annotations.NullMarked;
