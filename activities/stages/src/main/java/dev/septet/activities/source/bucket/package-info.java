/** Dataset files in buckets that the operator declares. */
@NullMarked
package dev.septet.activities.source.bucket;

import org.jspecify.annotations.NullMarked;
