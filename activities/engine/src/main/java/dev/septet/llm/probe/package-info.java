/** Checks untrusted model folders, GGUF files and adapters in a child process first. */
@NullMarked
package dev.septet.llm.probe;

import org.jspecify.annotations.NullMarked;
