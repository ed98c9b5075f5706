/** The engine's two training programs, one beside the other. */
@NullMarked
package dev.septet.examples.benchmarks.programs;

import org.jspecify.annotations.NullMarked;
