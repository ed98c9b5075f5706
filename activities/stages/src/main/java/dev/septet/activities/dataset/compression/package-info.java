/** Compressed dataset files, with limits on what they expand to. */
@NullMarked
package dev.septet.activities.dataset.compression;

import org.jspecify.annotations.NullMarked;
