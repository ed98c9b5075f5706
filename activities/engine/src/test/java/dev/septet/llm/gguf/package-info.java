@NullMarked
package dev.septet.llm.gguf;

import org.jspecify.annotations.NullMarked;
