/** Stage 2: finds a base model in a folder or on the hub, checks it, pins it, and measures it for training. */
@NullMarked
package dev.septet.activities.basemodel;

import org.jspecify.annotations.NullMarked;
