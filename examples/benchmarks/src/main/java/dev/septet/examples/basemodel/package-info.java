/** The recipe of the quickstart's base model: corpus, tokenizer, weights, card. */
@NullMarked
package dev.septet.examples.basemodel;

import org.jspecify.annotations.NullMarked;
