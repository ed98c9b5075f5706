/** The catalogue: the pipelines that a worker serves, by name. */
@NullMarked
package dev.septet.activities.catalog;

import org.jspecify.annotations.NullMarked;
