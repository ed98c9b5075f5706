/** Who the people are that agree to a model. */
@NullMarked
package dev.septet.activities.approval;

import org.jspecify.annotations.NullMarked;
