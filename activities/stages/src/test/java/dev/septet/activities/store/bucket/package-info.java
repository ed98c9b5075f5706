@NullMarked
package dev.septet.activities.store.bucket;

import org.jspecify.annotations.NullMarked;
