/** The models of an evaluation: opened on a worker, asked for answers and losses of rows, and their predictions. */
@NullMarked
package dev.septet.activities.evaluate.subject;

import org.jspecify.annotations.NullMarked;
