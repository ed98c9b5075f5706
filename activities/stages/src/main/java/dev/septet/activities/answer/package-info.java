/** Answers that other models give: requests within a budget and a pace, and stored answers. */
@NullMarked
package dev.septet.activities.answer;

import org.jspecify.annotations.NullMarked;
