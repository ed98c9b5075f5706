/** Rows that a model writes: requests within a budget, stored answers, and rows from answers. */
@NullMarked
package dev.septet.activities.prepare.generate;

import org.jspecify.annotations.NullMarked;
