/**
 * Quantization: 16-bit floats, and the block types of GGUF weights. It handles only arrays and
 * bytes, no files.
 */
@NullMarked
package dev.septet.llm.quantize;

import org.jspecify.annotations.NullMarked;
