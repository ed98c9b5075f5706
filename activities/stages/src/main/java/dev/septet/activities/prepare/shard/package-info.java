/** Shards: parts of the sources whose rows are cleaned apart, and then merged. */
@NullMarked
package dev.septet.activities.prepare.shard;

import org.jspecify.annotations.NullMarked;
