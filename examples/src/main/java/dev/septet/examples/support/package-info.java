/** Generates the support assistant's conversations. */
@NullMarked
package dev.septet.examples.support;

import org.jspecify.annotations.NullMarked;
