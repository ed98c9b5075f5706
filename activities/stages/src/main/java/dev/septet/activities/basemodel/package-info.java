/** Work of stage 2: a base model, held to its constraints, pinned, and measured for training. */
@NullMarked
package dev.septet.activities.basemodel;

import org.jspecify.annotations.NullMarked;
