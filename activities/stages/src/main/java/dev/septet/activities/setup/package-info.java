/** Work of stage 3: what a worker offers, every later stage's first step, and search trials. */
@NullMarked
package dev.septet.activities.setup;

import org.jspecify.annotations.NullMarked;
