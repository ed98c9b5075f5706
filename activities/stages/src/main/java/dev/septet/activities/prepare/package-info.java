/**
 * The prepare stage: converts a file of rows to a clean, split and tokenized dataset, or reports
 * its problems.
 */
@NullMarked
package dev.septet.activities.prepare;

import org.jspecify.annotations.NullMarked;
