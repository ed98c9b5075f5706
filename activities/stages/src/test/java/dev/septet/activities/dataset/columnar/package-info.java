@NullMarked
package dev.septet.activities.dataset.columnar;

import org.jspecify.annotations.NullMarked;
