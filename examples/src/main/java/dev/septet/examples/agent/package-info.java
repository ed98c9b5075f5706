/** Generates the conversations with calls of tools of {@code examples/agent}. */
@NullMarked
package dev.septet.examples.agent;

import org.jspecify.annotations.NullMarked;
