/** The guard of a served model: its identity in a published version, and its check before the version is served. */
@NullMarked
package dev.septet.activities.guard;

import org.jspecify.annotations.NullMarked;
