/**
 * Constrained decoding: the tokens that may come next so that an answer matches a JSON schema or
 * another grammar.
 */
@NullMarked
package dev.septet.llm.generate.constraint;

import org.jspecify.annotations.NullMarked;
