/** Rows that are made from training rows: the files that their kinds read, and their counts. */
@NullMarked
package dev.septet.activities.prepare.synthetic;

import org.jspecify.annotations.NullMarked;
