/** Commands that steer a training and answer approval requests. */
@NullMarked
package dev.septet.workers.cli.steer;

import org.jspecify.annotations.NullMarked;
