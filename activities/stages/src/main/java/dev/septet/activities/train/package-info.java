/** The train stage: the training loop around the engine's trainer, its checkpoints and ledger. */
@NullMarked
package dev.septet.activities.train;

import org.jspecify.annotations.NullMarked;
