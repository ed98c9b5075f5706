/** OpenLineage events. */
@NullMarked
package dev.septet.activities.track.lineage;

import org.jspecify.annotations.NullMarked;
