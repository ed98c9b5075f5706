/** Event files that TensorBoard reads. */
@NullMarked
package dev.septet.activities.track.tensorboard;

import org.jspecify.annotations.NullMarked;
