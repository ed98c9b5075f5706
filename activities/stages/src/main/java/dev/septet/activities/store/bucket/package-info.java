/** The store in a bucket, and the requests to S3-compatible servers that it is made of. */
@NullMarked
package dev.septet.activities.store.bucket;

import org.jspecify.annotations.NullMarked;
