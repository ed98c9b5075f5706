/**
 * Reads GGUF, llama.cpp's model file format, as a base model, and writes it. A file from outside is
 * untrusted until it is checked: nothing is allocated or mapped only because the file declares it.
 */
@NullMarked
package dev.septet.llm.gguf;

import org.jspecify.annotations.NullMarked;
