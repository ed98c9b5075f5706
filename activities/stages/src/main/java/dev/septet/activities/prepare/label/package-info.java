/** Labelling functions: their votes, the model that combines them, and the table of their quality. */
@NullMarked
package dev.septet.activities.prepare.label;

import org.jspecify.annotations.NullMarked;
