/** Tests of the warnings about a training. */
@NullUnmarked
package dev.septet.activities.train.watch;

import org.jspecify.annotations.NullUnmarked;
