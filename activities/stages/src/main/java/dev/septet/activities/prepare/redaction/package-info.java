/** Finds personal data in rows and replaces it. */
@NullMarked
package dev.septet.activities.prepare.redaction;

import org.jspecify.annotations.NullMarked;
