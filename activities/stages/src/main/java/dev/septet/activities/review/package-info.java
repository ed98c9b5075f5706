/** What people thought of answers, looked through by somebody, as rows to learn from. */
@NullMarked
package dev.septet.activities.review;

import org.jspecify.annotations.NullMarked;
