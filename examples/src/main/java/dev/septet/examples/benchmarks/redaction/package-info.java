/** What the redaction of an answer's text adds to the answer. */
@NullMarked
package dev.septet.examples.benchmarks.redaction;

import org.jspecify.annotations.NullMarked;
