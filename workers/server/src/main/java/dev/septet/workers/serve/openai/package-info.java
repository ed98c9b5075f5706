/** The wire: what a request may say, and the shapes of answers and errors. Knows no HTTP server. */
@NullMarked
package dev.septet.workers.serve.openai;

import org.jspecify.annotations.NullMarked;
