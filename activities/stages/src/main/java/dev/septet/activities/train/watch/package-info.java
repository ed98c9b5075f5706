/** Warnings about a training, computed from the lines of its ledger only. */
@NullMarked
package dev.septet.activities.train.watch;

import org.jspecify.annotations.NullMarked;
