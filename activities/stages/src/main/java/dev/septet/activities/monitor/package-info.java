/** Stage 7: what the deployed model is asked, against what it was trained on. */
@NullMarked
package dev.septet.activities.monitor;

import org.jspecify.annotations.NullMarked;
