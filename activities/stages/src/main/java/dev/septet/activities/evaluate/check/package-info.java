/** Checks of the exam itself and of the model's answers, beside the metrics. */
@NullMarked
package dev.septet.activities.evaluate.check;

import org.jspecify.annotations.NullMarked;
