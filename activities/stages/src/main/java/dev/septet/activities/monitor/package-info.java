/** The monitor stage: compares the requests to the deployed model with its training data. */
@NullMarked
package dev.septet.activities.monitor;

import org.jspecify.annotations.NullMarked;
