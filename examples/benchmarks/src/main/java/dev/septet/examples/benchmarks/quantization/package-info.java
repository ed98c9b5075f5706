/**
 * Measures the loss of accuracy of a real model by GGUF quantization types, in Septet and in a
 * recent llama.cpp.
 */
@NullMarked
package dev.septet.examples.benchmarks.quantization;

import org.jspecify.annotations.NullMarked;
