/** Stage 1: a file of rows becomes a clean, split and tokenized dataset, or says why not. */
@NullMarked
package dev.septet.activities.prepare;

import org.jspecify.annotations.NullMarked;
