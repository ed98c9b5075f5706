/** Backups of a store and of an installation's other files, and what restores them. */
@NullMarked
package dev.septet.activities.backup;

import org.jspecify.annotations.NullMarked;
