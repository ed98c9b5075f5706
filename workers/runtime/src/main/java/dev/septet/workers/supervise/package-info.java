/** Child processes that are restarted when they die, and die with their starter. */
@NullMarked
package dev.septet.workers.supervise;

import org.jspecify.annotations.NullMarked;
