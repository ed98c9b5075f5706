/** Finds the machine with a pipeline's files, when several machines share a store. */
@NullMarked
package dev.septet.workflows.host;

import org.jspecify.annotations.NullMarked;
