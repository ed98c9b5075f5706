/** Example pipelines, and the generators of their fictional data. */
@NullMarked
package dev.septet.examples;

import org.jspecify.annotations.NullMarked;
