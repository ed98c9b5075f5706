/**
 * Parses source text to a small tree. It checks the bytes, scans the text, runs Groovy's own parser with a deadline,
 * and copies only allowed nodes. Nothing is ever compiled or run. No other package uses Groovy, and no class of Groovy
 * leaves this package.
 */
@NullMarked
package dev.septet.dsl.parse;

import org.jspecify.annotations.NullMarked;
