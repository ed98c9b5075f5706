/** Compressed dataset files, with limits on what they expand to. */
@NullMarked
package dev.septet.activities.dataset.source.compression;

import org.jspecify.annotations.NullMarked;
