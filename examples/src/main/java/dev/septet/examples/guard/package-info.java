/** Data of {@code examples/guard}: a small guard, and a model that it judges. */
@NullMarked
package dev.septet.examples.guard;

import org.jspecify.annotations.NullMarked;
