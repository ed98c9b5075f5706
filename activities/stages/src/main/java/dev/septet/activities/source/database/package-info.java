/** Rows of queries to databases that the operator declares. */
@NullMarked
package dev.septet.activities.source.database;

import org.jspecify.annotations.NullMarked;
