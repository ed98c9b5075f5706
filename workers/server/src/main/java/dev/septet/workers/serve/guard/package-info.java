/** The guards of served models: verdicts about prompts before the model answers, and about answers before they leave. */
@NullMarked
package dev.septet.workers.serve.guard;

import org.jspecify.annotations.NullMarked;
