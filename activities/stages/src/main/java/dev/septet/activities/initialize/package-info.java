/** The activity of stage 2: checks a base model against its constraints, pins it, and measures it for training. */
@NullMarked
package dev.septet.activities.initialize;

import org.jspecify.annotations.NullMarked;
