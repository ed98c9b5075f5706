/** Customers who ask a served model, as they always did or in another way. */
@NullMarked
package dev.septet.examples.traffic;

import org.jspecify.annotations.NullMarked;
