/**
 * What a served model was asked and what it answered, and what people thought of it: an append-only
 * log in which every line names the one before by its digest, so that a changed, deleted or moved
 * line shows.
 */
@NullMarked
package dev.septet.activities.audit;

import org.jspecify.annotations.NullMarked;
