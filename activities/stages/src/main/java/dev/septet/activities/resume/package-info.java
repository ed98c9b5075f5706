/** What of an earlier run a changed file lets a new run keep. */
@NullMarked
package dev.septet.activities.resume;

import org.jspecify.annotations.NullMarked;
