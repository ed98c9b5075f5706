/** The engine on a card compared with the engine on the CPU. */
@NullMarked
package dev.septet.examples.benchmarks.gpu;

import org.jspecify.annotations.NullMarked;
