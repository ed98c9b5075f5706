/** Cross-validation: several trainings and evaluations, each with another part of the rows as test. */
@NullMarked
package dev.septet.workflows.fold;

import org.jspecify.annotations.NullMarked;
