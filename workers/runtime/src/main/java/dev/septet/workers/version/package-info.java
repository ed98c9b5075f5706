/** Versions of workers in Temporal's worker deployments. */
@NullMarked
package dev.septet.workers.version;

import org.jspecify.annotations.NullMarked;
