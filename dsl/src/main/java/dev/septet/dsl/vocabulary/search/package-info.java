/** The words of a search before training. */
@NullMarked
package dev.septet.dsl.vocabulary.search;

import org.jspecify.annotations.NullMarked;
