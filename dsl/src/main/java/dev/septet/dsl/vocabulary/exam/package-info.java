/** The words of the sets of test rows: what is measured on them, and in which slices. */
@NullMarked
package dev.septet.dsl.vocabulary.exam;

import org.jspecify.annotations.NullMarked;
