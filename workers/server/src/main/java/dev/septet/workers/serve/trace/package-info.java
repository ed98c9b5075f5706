/** Spans of requests, with OpenTelemetry's attributes for generative models, and without prompts and answers. */
@NullMarked
package dev.septet.workers.serve.trace;

import org.jspecify.annotations.NullMarked;
