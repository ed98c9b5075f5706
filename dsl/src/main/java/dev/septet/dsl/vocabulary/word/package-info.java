/** A word of the language as data: its parameters, their types, and the annotations that describe them. */
@NullMarked
package dev.septet.dsl.vocabulary.word;

import org.jspecify.annotations.NullMarked;
