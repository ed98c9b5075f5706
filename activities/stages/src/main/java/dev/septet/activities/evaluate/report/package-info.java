/** The evaluation's output for people: the report page, its charts, the model card. */
@NullMarked
package dev.septet.activities.evaluate.report;

import org.jspecify.annotations.NullMarked;
