/** Time that does not jump: for what is repeated, and for what is old. */
@NullMarked
package dev.septet.activities.time;

import org.jspecify.annotations.NullMarked;
