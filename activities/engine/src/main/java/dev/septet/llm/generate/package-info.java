/**
 * Text generation and scoring with a model. Results do not depend on how prompts are batched, and
 * sampling is a function of the seed and the prompt.
 */
@NullMarked
package dev.septet.llm.generate;

import org.jspecify.annotations.NullMarked;
