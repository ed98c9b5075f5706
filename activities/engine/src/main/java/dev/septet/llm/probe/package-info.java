/** Model folders, GGUF files and adapters of strangers, opened in a child process first. */
@NullMarked
package dev.septet.llm.probe;

import org.jspecify.annotations.NullMarked;
