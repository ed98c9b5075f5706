/** The JSON of OpenAI's API: requests, answers and errors, independent of the HTTP server. */
@NullMarked
package dev.septet.workers.serve.openai;

import org.jspecify.annotations.NullMarked;
