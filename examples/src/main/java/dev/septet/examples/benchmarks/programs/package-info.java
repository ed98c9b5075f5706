/** The engine's training programs by hand and by autograd, one beside the other. */
@NullMarked
package dev.septet.examples.benchmarks.programs;

import org.jspecify.annotations.NullMarked;
