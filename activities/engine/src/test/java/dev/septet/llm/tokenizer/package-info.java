@NullMarked
package dev.septet.llm.tokenizer;

import org.jspecify.annotations.NullMarked;
