/** Erasure of rows: its plan, and the deletion of what was made of them. */
@NullMarked
package dev.septet.activities.forget;

import org.jspecify.annotations.NullMarked;
