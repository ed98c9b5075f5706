/** Formats of rows: which format a record has, and the row that it becomes. */
@NullMarked
package dev.septet.activities.dataset.format;

import org.jspecify.annotations.NullMarked;
