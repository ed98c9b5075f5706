/**
 * What is generated from the vocabulary: the word reference, completion for editors, the schema of
 * specs. Each is a file that this package's tests compare, and rewrite with {@code
 * -Dgolden.update=true}.
 */
@NullMarked
package dev.septet.dsl.reference;

import org.jspecify.annotations.NullMarked;
