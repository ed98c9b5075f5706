/** Secrets that only workers know, by name. */
@NullMarked
package dev.septet.activities.secret;

import org.jspecify.annotations.NullMarked;
