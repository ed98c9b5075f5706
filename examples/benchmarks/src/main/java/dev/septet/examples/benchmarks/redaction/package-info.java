/** Measures the time of redaction of an answer's text. */
@NullMarked
package dev.septet.examples.benchmarks.redaction;

import org.jspecify.annotations.NullMarked;
