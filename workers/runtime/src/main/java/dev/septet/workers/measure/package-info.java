/** Measures of a worker's activities and checkpoints, and what a worker needs to be ready. */
@NullMarked
package dev.septet.workers.measure;

import org.jspecify.annotations.NullMarked;
