/** Votes of people on pairs of answers: their file, their sample, and what they say of a set of rows. */
@NullMarked
package dev.septet.activities.evaluate.votes;

import org.jspecify.annotations.NullMarked;
