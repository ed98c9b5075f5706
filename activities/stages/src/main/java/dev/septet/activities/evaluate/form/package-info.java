/** The exam of the quantized forms of a model: their scores on the rows of the evaluation, and the Pareto front. */
@NullMarked
package dev.septet.activities.evaluate.form;

import org.jspecify.annotations.NullMarked;
