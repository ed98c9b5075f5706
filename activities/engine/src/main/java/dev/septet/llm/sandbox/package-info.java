/**
 * Opens untrusted files first in a child process with limits. A file that ends the child is never
 * opened in this process.
 */
@NullMarked
package dev.septet.llm.sandbox;

import org.jspecify.annotations.NullMarked;
