/** What GGUF's forms cost a real model, read by Septet and by a recent llama.cpp. */
@NullMarked
package dev.septet.examples.benchmarks.quantization;

import org.jspecify.annotations.NullMarked;
