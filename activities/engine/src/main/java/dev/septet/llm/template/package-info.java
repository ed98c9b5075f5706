/**
 * Chat templates: from messages to the text that a model was trained on, and to token ids with the
 * mask that says which of them carry loss.
 */
@NullMarked
package dev.septet.llm.template;

import org.jspecify.annotations.NullMarked;
