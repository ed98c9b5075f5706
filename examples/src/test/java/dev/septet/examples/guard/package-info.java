/** Tests of the data of {@code examples/guard}. */
@NullMarked
package dev.septet.examples.guard;

import org.jspecify.annotations.NullMarked;
