/**
 * Numbers in fewer bits: 16-bit floats, and the blocks in which GGUF stores weights. Knows arrays
 * and bytes only, no files.
 */
@NullMarked
package dev.septet.llm.quantize;

import org.jspecify.annotations.NullMarked;
