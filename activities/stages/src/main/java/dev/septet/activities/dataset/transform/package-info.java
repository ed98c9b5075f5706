/** Filters and maps: a pipeline's expressions over the records of a dataset. */
@NullMarked
package dev.septet.activities.dataset.transform;

import org.jspecify.annotations.NullMarked;
