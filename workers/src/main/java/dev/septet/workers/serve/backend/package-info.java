/** What writes the answers: Septet's own engine, or llama.cpp for GGUF files. */
@NullMarked
package dev.septet.workers.serve.backend;

import org.jspecify.annotations.NullMarked;
