/**
 * Measures how much a training forgets of earlier skills, with and without capability retention.
 */
@NullMarked
package dev.septet.examples.benchmarks.preserve;

import org.jspecify.annotations.NullMarked;
