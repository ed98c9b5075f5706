/** The OpenAI-compatible server: {@link dev.septet.workers.serve.ModelServer} puts it together. */
@NullMarked
package dev.septet.workers.serve;

import org.jspecify.annotations.NullMarked;
