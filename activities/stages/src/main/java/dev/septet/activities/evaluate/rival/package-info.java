/** Retrieval as a rival of training: the nearest training rows in the prompts of both models. */
@NullMarked
package dev.septet.activities.evaluate.rival;

import org.jspecify.annotations.NullMarked;
