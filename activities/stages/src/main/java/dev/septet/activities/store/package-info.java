/** Where artifacts, stage results and checkpoints are kept: content-addressed, manifest last. */
@NullMarked
package dev.septet.activities.store;

import org.jspecify.annotations.NullMarked;
