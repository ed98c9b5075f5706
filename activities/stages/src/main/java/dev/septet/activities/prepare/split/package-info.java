/** Which split each prepared row is in, and how often it is in the training split. */
@NullMarked
package dev.septet.activities.prepare.split;

import org.jspecify.annotations.NullMarked;
