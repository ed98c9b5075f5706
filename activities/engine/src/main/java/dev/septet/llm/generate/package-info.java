/**
 * What a model writes, and how well it foretells given text. Results do not depend on how prompts
 * are put together in batches, and sampling is a function of the seed and the prompt.
 */
@NullMarked
package dev.septet.llm.generate;

import org.jspecify.annotations.NullMarked;
