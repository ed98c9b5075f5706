/** The words of the block {@code safety}. */
@NullMarked
package dev.septet.dsl.vocabulary.safety;

import org.jspecify.annotations.NullMarked;
