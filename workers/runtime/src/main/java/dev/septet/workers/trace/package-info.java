/**
 * Sends the traces of Septet's own processes to an OTLP receiver. A program that embeds Septet has its own tracer or none,
 * and does not load this package.
 */
@NullMarked
package dev.septet.workers.trace;

import org.jspecify.annotations.NullMarked;
