/** Near-duplicates: MinHash, locality-sensitive hashing, and the exact comparison of candidates. */
@NullMarked
package dev.septet.activities.prepare.duplicate;

import org.jspecify.annotations.NullMarked;
