/**
 * Grammars over bytes: character sets, automata, and a machine that follows nested values with a
 * stack. It knows neither JSON schemas nor tokens.
 */
@NullMarked
package dev.septet.llm.generate.constraint.grammar;

import org.jspecify.annotations.NullMarked;
