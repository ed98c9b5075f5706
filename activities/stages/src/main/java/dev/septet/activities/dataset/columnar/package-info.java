/** Files of columns, which a child process converts to JSON lines. */
@NullMarked
package dev.septet.activities.dataset.columnar;

import org.jspecify.annotations.NullMarked;
