/**
 * Byte-level byte-pair encoding in Java, for the tokenizer.json files whose rules it knows exactly. It gives the same token ids as
 * the tokenizers library.
 */
@NullMarked
package dev.septet.llm.tokenizer.bytelevel;

import org.jspecify.annotations.NullMarked;
