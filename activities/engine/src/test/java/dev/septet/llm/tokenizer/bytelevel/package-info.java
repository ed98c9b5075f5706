@NullMarked
package dev.septet.llm.tokenizer.bytelevel;

import org.jspecify.annotations.NullMarked;
