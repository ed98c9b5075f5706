/** Weights and adapters in memory: read, quantized, packed and stacked for the programs. */
@NullMarked
package dev.septet.llm.model.weights;

import org.jspecify.annotations.NullMarked;
