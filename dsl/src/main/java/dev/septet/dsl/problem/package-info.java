/** Problems of a pipeline file as data, and their output for authors and tools. */
@NullMarked
package dev.septet.dsl.problem;

import org.jspecify.annotations.NullMarked;
