/**
 * Text to token ids and back, by the tokenizer.json of a model folder. The text of users is kept
 * apart from the control tokens of a chat template: what a user types never becomes one.
 */
@NullMarked
package dev.septet.llm.tokenizer;

import org.jspecify.annotations.NullMarked;
