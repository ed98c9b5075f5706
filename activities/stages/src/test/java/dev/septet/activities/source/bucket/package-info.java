@NullMarked
package dev.septet.activities.source.bucket;

import org.jspecify.annotations.NullMarked;
