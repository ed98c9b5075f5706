/** The blocks of the words after {@code by}: what trains instead of Septet's own engine. */
@NullMarked
package dev.septet.dsl.vocabulary.backend;

import org.jspecify.annotations.NullMarked;
