/** What is wrong with a pipeline file, as data, and how an author gets to read it. */
@NullMarked
package dev.septet.dsl.problem;

import org.jspecify.annotations.NullMarked;
