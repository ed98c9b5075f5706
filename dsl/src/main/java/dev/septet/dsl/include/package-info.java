/**
 * Files that a pipeline includes. They are read from its folder only, parsed like it, and merged with lower priority.
 */
@NullMarked
package dev.septet.dsl.include;

import org.jspecify.annotations.NullMarked;
