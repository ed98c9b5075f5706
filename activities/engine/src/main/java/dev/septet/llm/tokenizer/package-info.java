/**
 * Converts text to token ids and back with the tokenizer.json of a model folder. User text is kept
 * apart from the control tokens of a chat template: no user text ever becomes a control token.
 */
@NullMarked
package dev.septet.llm.tokenizer;

import org.jspecify.annotations.NullMarked;
