/** Resolves a name or a text to a validated pipeline, and asks the server about queues and runs. */
@NullMarked
package dev.septet.workflows.catalog;

import org.jspecify.annotations.NullMarked;
