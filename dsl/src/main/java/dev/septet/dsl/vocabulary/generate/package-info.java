/** The words of the blocks of {@code generate}. */
@NullMarked
package dev.septet.dsl.vocabulary.generate;

import org.jspecify.annotations.NullMarked;
