/** Offline runs that {@code wandb sync} uploads. */
@NullMarked
package dev.septet.activities.track.wandb;

import org.jspecify.annotations.NullMarked;
