/** The exam of the quantized forms of a model: every part of the evaluation, the margins, and the Pareto front. */
@NullMarked
package dev.septet.activities.evaluate.form;

import org.jspecify.annotations.NullMarked;
