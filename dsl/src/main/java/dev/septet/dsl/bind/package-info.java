/**
 * Binds a file's syntax tree and the vocabulary to a spec: finds every word, converts every value to the type that its
 * word takes, and reports all problems together.
 */
@NullMarked
package dev.septet.dsl.bind;

import org.jspecify.annotations.NullMarked;
