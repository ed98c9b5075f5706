/**
 * Chat templates: render messages to the text format that a model was trained on, and encode it to
 * token ids with a loss mask.
 */
@NullMarked
package dev.septet.llm.template;

import org.jspecify.annotations.NullMarked;
