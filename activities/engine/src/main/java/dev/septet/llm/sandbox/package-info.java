/**
 * Strangers' files are opened in a child process with limits first. What ends that process is never
 * opened in this one.
 */
@NullMarked
package dev.septet.llm.sandbox;

import org.jspecify.annotations.NullMarked;
