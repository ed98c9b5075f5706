/** Explains an answer of a trained model: the training rows that moved it most, and the words of the prompt that mattered. */
@NullMarked
package dev.septet.activities.explain;

import org.jspecify.annotations.NullMarked;
