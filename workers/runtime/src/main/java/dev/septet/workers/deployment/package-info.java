/** Worker deployments on the Temporal server: their versions, the workers of each version, and the runs that wait for it. */
@NullMarked
package dev.septet.workers.deployment;

import org.jspecify.annotations.NullMarked;
