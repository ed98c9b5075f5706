/** Erasure of rows: what was made of them is made again without them, and then deleted. */
@NullMarked
package dev.septet.workflows.forget;

import org.jspecify.annotations.NullMarked;
