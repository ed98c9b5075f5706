/** Byte-level byte-pair encoding, learned from a corpus and written as tokenizer.json. */
@NullMarked
package dev.septet.examples.tokenizer;

import org.jspecify.annotations.NullMarked;
