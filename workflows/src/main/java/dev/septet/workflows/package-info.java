/** The pipeline workflow, and what its stages share: queues, stubs, failures, progress. */
@NullMarked
package dev.septet.workflows;

import org.jspecify.annotations.NullMarked;
