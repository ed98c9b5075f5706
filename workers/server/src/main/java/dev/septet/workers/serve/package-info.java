/**
 * The OpenAI-compatible model server, which {@link dev.septet.workers.serve.ModelServer} starts.
 */
@NullMarked
package dev.septet.workers.serve;

import org.jspecify.annotations.NullMarked;
