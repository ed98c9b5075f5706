/** Files that a pipeline includes: found inside its folder only, read like it, merged below it. */
@NullMarked
package dev.septet.dsl.include;

import org.jspecify.annotations.NullMarked;
