@NullMarked
package dev.septet.llm.quantize;

import org.jspecify.annotations.NullMarked;
