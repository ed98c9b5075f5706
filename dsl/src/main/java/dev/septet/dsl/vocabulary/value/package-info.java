/** Values of words that are one of a few literals. */
@NullMarked
package dev.septet.dsl.vocabulary.value;

import org.jspecify.annotations.NullMarked;
