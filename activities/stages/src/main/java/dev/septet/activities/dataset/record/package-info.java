/** Records of a dataset file: their fields, checked strictly, and what is refused in them by name. */
@NullMarked
package dev.septet.activities.dataset.record;

import org.jspecify.annotations.NullMarked;
