/** Texts without secrets: which values an environment keeps secret, and texts in which they are hidden. */
@NullMarked
package dev.septet.activities.masking;

import org.jspecify.annotations.NullMarked;
