/** Reviews of feedback: turns people's feedback on answers into training rows. */
@NullMarked
package dev.septet.activities.review;

import org.jspecify.annotations.NullMarked;
