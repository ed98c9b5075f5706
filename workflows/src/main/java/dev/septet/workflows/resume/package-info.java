/** Resumes a run from an earlier one, possibly with a changed file. */
@NullMarked
package dev.septet.workflows.resume;

import org.jspecify.annotations.NullMarked;
