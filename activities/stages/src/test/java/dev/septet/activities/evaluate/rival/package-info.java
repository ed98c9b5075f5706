/** Tests of the comparison with retrieval. */
@NullMarked
package dev.septet.activities.evaluate.rival;

import org.jspecify.annotations.NullMarked;
