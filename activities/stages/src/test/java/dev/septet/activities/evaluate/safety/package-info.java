/** Tests of the safety checks. */
@NullMarked
package dev.septet.activities.evaluate.safety;

import org.jspecify.annotations.NullMarked;
