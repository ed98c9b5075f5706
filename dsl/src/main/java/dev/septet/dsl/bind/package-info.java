/**
 * A file's tree and the vocabulary to a spec: every word is looked up, every value brought to the
 * kind its word takes, and what is wrong anywhere is reported together.
 */
@NullMarked
package dev.septet.dsl.bind;

import org.jspecify.annotations.NullMarked;
