/** Consent, and the counts of groups that a pipeline declares. */
@NullMarked
package dev.septet.activities.prepare.representation;

import org.jspecify.annotations.NullMarked;
